import type { GuestLog } from "../guest-log.ts";
import type { GuestMemory } from "../guest-memory.ts";

/** What the system functions of one guest instance work with. */
export interface GuestSystem {
  /** The guest's memory; throws while there is none yet. Addresses outside it throw, and so trap the guest. */
  readonly memory: () => GuestMemory;
  readonly log: GuestLog;
  /** Milliseconds since the epoch; default `Date.now`. */
  readonly now?: () => number;
  /** Milliseconds since any moment, never going back; default `performance.now`. */
  readonly monotonicNow?: () => number;
}

/** A function that a guest imports: numbers, and `bigint` where the guest has 64-bit integers. */
// biome-ignore lint/suspicious/noExplicitAny: the engine converts what the guest passes to what its import declares
export type SystemFunction = (...args: any[]) => unknown;
