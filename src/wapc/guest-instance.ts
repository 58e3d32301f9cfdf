import { HostError, messageOf } from "../errors/index.ts";
import { GuestMemory } from "./guest-memory.ts";
import type { HostCallAnswer, HostCallRequest, HostCallStrategy, NumericFunction } from "./host-call.ts";
import { IMPORT_MODULES } from "./module-shape.ts";

/** What a guest is run with. */
export interface GuestOptions {
  readonly strategy: HostCallStrategy;
  /** Takes a line of the guest's console. */
  readonly log: (text: string) => void;
  /** Bytes of a response or of a host call's payload; more is refused. */
  readonly maxPayloadBytes: number;
}

/** An exported function of the guest, as the strategy lets it be called. */
type GuestEntry = (...args: number[]) => number | Promise<number>;

/** Characters kept of an error text or console line of a guest. */
const MAX_TEXT = 10_240;
const EMPTY = new Uint8Array(0);
const encoder = new TextEncoder();

/**
 * One instance of a waPC guest. Protocol section 6. Serves one call at a time: entering it again while it waits in a
 * host call would corrupt its stack, so a second call is refused. After a trap it must be thrown away.
 */
export class GuestInstance {
  readonly #options: GuestOptions;
  #memory: GuestMemory | undefined;
  #guestCall: GuestEntry | undefined;
  #busy = false;
  #broken = false;
  #operation: Uint8Array = EMPTY;
  #payload: Uint8Array = EMPTY;
  #response: Uint8Array<ArrayBuffer> | undefined;
  #guestError: string | undefined;
  #hostResponse: Uint8Array = EMPTY;
  #hostError: Uint8Array = EMPTY;

  private constructor(options: GuestOptions) {
    this.#options = options;
  }

  /**
   * Instantiates a module and runs `_initialize`, `_start` and `wapc_init`, those it has, in this order.
   *
   * @throws HostError `guest.trap` if one of them fails.
   */
  static async start(module: WebAssembly.Module, options: GuestOptions): Promise<GuestInstance> {
    const guest = new GuestInstance(options);
    const functions = guest.#imports();
    const imports = Object.fromEntries(IMPORT_MODULES.map((name) => [name, functions]));
    const { exports } = await WebAssembly.instantiate(module, imports).catch((error: unknown) => {
      throw new HostError("guest.trap", `The guest could not be instantiated: ${messageOf(error)}`, {
        cause: error,
      });
    });
    guest.#memory = new GuestMemory(exports["memory"] as WebAssembly.Memory);
    const entry = (name: string): GuestEntry | undefined => {
      const fn = exports[name];
      return typeof fn === "function" ? options.strategy.exportFor(fn as NumericFunction) : undefined;
    };
    guest.#guestCall = entry("__guest_call");
    for (const name of ["_initialize", "_start", "wapc_init"]) {
      try {
        await entry(name)?.();
      } catch (error) {
        throw new HostError("guest.trap", `The guest failed in ${name}: ${messageOf(error)}`, {
          cause: error,
        });
      }
    }
    return guest;
  }

  /**
   * Calls an operation of the guest.
   *
   * @throws HostError `guest.failure` with the guest's own text, or `guest.trap`.
   */
  async call(operation: string, payload: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
    if (this.#guestCall === undefined || this.#busy)
      throw new HostError("internal", "The guest is not ready");
    this.#busy = true;
    this.#operation = encoder.encode(operation);
    this.#payload = payload;
    this.#response = undefined;
    this.#guestError = undefined;
    this.#hostResponse = this.#hostError = EMPTY;
    let handled: number;
    try {
      handled = await this.#guestCall(this.#operation.length, payload.length);
    } catch (error) {
      this.#broken = true;
      if (error instanceof HostError) throw error;
      throw new HostError("guest.trap", messageOf(error), { cause: error });
    } finally {
      this.#busy = false;
      this.#payload = EMPTY;
    }
    return this.#outcome(handled);
  }

  /** Something unwound the guest: its stack is leaked and locks may be held, so it must not be used again. */
  get broken(): boolean {
    return this.#broken;
  }

  /** The table of protocol section 6.2. */
  #outcome(handled: number): Uint8Array<ArrayBuffer> {
    if (handled !== 0 && this.#response !== undefined) return this.#response;
    const silent =
      handled === 0
        ? "No error message set for call failure"
        : "No error message OR response set for call success";
    throw new HostError("guest.failure", this.#guestError ?? silent);
  }

  #imports(): Record<string, unknown> {
    const memory = (): GuestMemory => {
      if (this.#memory === undefined) throw new RangeError("called before the guest was ready");
      return this.#memory;
    };
    const host = this.#options.strategy.importFor(
      (args) => this.#beginHostCall(memory(), args),
      (answer) => this.#finishHostCall(answer),
    );
    return {
      __guest_request: (operation: number, payload: number) => {
        memory().write(operation, this.#operation);
        memory().write(payload, this.#payload);
      },
      __guest_response: (pointer: number, length: number) => {
        this.#checkSize(length, "response");
        this.#response = memory().read(pointer, length);
      },
      __guest_error: (pointer: number, length: number) => {
        this.#guestError = memory().readText(pointer, Math.min(length >>> 0, MAX_TEXT));
      },
      __host_call: host,
      __host_response_len: () => this.#hostResponse.length,
      __host_response: (pointer: number) => memory().write(pointer, this.#hostResponse),
      __host_error_len: () => this.#hostError.length,
      __host_error: (pointer: number) => memory().write(pointer, this.#hostError),
      __console_log: (pointer: number, length: number) => {
        this.#options.log(memory().readText(pointer, Math.min(length >>> 0, MAX_TEXT)));
      },
    };
  }

  #beginHostCall(memory: GuestMemory, args: readonly number[]): HostCallRequest {
    const [bd = 0, bdLen = 0, ns = 0, nsLen = 0, op = 0, opLen = 0, ptr = 0, len = 0] = args;
    this.#hostResponse = this.#hostError = EMPTY;
    this.#checkSize(len, "host call's payload");
    for (const length of [bdLen, nsLen, opLen]) {
      if (length >>> 0 > MAX_TEXT) throw new RangeError("a name of the host call is too long");
    }
    return {
      binding: memory.readText(bd, bdLen),
      namespace: memory.readText(ns, nsLen),
      operation: memory.readText(op, opLen),
      payload: memory.read(ptr, len),
    };
  }

  #finishHostCall(answer: HostCallAnswer): number {
    if (answer.ok) this.#hostResponse = answer.payload;
    else this.#hostError = encoder.encode(answer.message);
    return answer.ok ? 1 : 0;
  }

  #checkSize(length: number, what: string): void {
    if (length >>> 0 <= this.#options.maxPayloadBytes) return;
    throw new HostError(
      "input.too_large",
      `The guest's ${what} has ${length >>> 0} bytes; at most ${this.#options.maxPayloadBytes} are taken`,
    );
  }
}
