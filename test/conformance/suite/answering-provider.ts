import {
  type CapabilityProvider,
  MEMORY_KEYVALUE_PROVIDER,
  type ProviderDescriptor,
} from "../../../src/index.ts";

/** The provider at the other end of the suite's host calls; it has the contract that the guests may use. */
export const ANSWERING_PROVIDER: ProviderDescriptor = { ...MEMORY_KEYVALUE_PROVIDER, name: "Answering" };

const decoder = new TextDecoder();

/** Answers at once, or when it is let go, and counts how many calls overlap. */
export class AnsweringProvider implements CapabilityProvider {
  /** Calls that wait for their answer. */
  running = 0;
  /** The most that ever waited at one time since {@link hold}. */
  most = 0;
  #held: (() => void)[] | undefined;

  configureDispatch(): void {}

  async handleCall(_origin: string, operation: string, payload: Uint8Array): Promise<Uint8Array> {
    this.running++;
    this.most = Math.max(this.most, this.running);
    try {
      await this.#wait(operation);
      return answer(operation, payload);
    } finally {
      this.running--;
    }
  }

  async stop(): Promise<void> {
    this.release();
  }

  /** Answers nothing from now on. */
  hold(): void {
    this.#held ??= [];
    this.most = this.running;
  }

  /** Answers what waits, and everything from now on. */
  release(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const letGo of held) letGo();
  }

  async #wait(operation: string): Promise<void> {
    const held = this.#held;
    if (held !== undefined && OPERATIONS.includes(operation)) {
      await new Promise<void>((resolve) => held.push(resolve));
    }
  }
}

const OPERATIONS: readonly string[] = ["Echo", "Next", "Refuse"];

function answer(operation: string, payload: Uint8Array): Uint8Array {
  if (operation === "Echo") return payload;
  if (operation === "Refuse") throw new Error(decoder.decode(payload));
  if (operation === "Next") return numberBytes((numbersIn(payload)[0] ?? 0) + 1);
  return new Uint8Array(0); // the host's own operations: binding and its end
}

/** A number as the guests written as text have it: four bytes, the lowest first. */
export function numberBytes(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value, true);
  return bytes;
}

/** The numbers in so many bytes. */
export function numbersIn(bytes: Uint8Array): number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: Math.floor(bytes.length / 4) }, (_, index) => view.getUint32(index * 4, true));
}
