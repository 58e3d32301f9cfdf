import { injectFuel } from "./inject-fuel.ts";
import { limitMemory } from "./limit-memory.ts";

/** What a module is prepared for. */
export interface PrepareOptions {
  /** Bytes its memory can grow to; rounded down to pages of 64 KiB. */
  readonly maxMemoryBytes: number;
  /** Whether to put fuel counters into it: where its worker cannot be ended, or is shared with other guests. */
  readonly fuel: boolean;
}

/**
 * Makes of a verified module the one that is compiled: custom sections dropped, memory limited, fuel counters put in.
 * DESIGN section 6. The result is not what the claims are about: check the hash before.
 *
 * @throws HostError what {@link limitMemory} and {@link injectFuel} throw
 */
export function prepareModule(bytes: Uint8Array, options: PrepareOptions): Uint8Array<ArrayBuffer> {
  const limited = limitMemory(bytes, options.maxMemoryBytes);
  return options.fuel ? injectFuel(limited) : limited;
}
