import { decodeExtrasRequest, EXTRAS_CONTRACT, encodeGeneratedValue } from "../contracts/index.ts";
import { HostError } from "../errors/index.ts";
import type { CapabilityProvider, ProviderDescriptor } from "./capability-provider.ts";
import { answerCoreOperation } from "./core-operations.ts";

/** The provider every host has, under its fixed key. Protocol sections 1.3 and 5.4. */
export const EXTRAS_PROVIDER: ProviderDescriptor = {
  id: "VDHPKGFKDI34Y4RN4PWWZHRYZ6373HYRSNNEM4UTDLLOGO5B37TSVREP",
  contractId: EXTRAS_CONTRACT,
  name: "wasmcloud Extras",
  vendor: "wasmCloud",
};

/** Makes unique ids, random numbers and, for each calling actor, a sequence from 0. */
export class ExtrasProvider implements CapabilityProvider {
  readonly #sequences = new Map<string, number>();

  configureDispatch(): void {
    // It never calls an actor.
  }

  async handleCall(origin: string, operation: string, payload: Uint8Array): Promise<Uint8Array> {
    const core = await answerCoreOperation({}, operation, payload);
    if (core !== undefined) return core;
    switch (operation) {
      case "RequestGuid": {
        const { form } = decodeExtrasRequest(payload);
        return encodeGeneratedValue(form, { guid: crypto.randomUUID() });
      }
      case "RequestSequence": {
        const { form } = decodeExtrasRequest(payload);
        const sequence = this.#sequences.get(origin) ?? 0;
        this.#sequences.set(origin, sequence + 1);
        return encodeGeneratedValue(form, { sequence });
      }
      case "RequestRandom": {
        const { form, random, min, max } = decodeExtrasRequest(payload);
        return encodeGeneratedValue(form, random ? { random: randomBetween(min, max) } : {});
      }
      default:
        throw new HostError("provider.unknown_operation", "bad dispatch");
    }
  }

  async stop(): Promise<void> {
    this.#sequences.clear();
  }
}

/** A number in `[min, max)`, each equally likely. */
function randomBetween(min: number, max: number): number {
  if (min >= max) {
    throw new HostError("provider.bad_request", `No random number is at least ${min} and below ${max}`);
  }
  const range = max - min;
  // Values above the last whole multiple of the range would make small results likelier.
  const limit = 2 ** 32 - (2 ** 32 % range);
  const cell = new Uint32Array(1);
  do crypto.getRandomValues(cell);
  while ((cell[0] ?? 0) >= limit);
  return min + ((cell[0] ?? 0) % range);
}
