import type { ErrorRecord } from "../../src/errors/index.ts";
import type { HostCallAnswer, HostCallRequest } from "../../src/wapc/index.ts";
import type { GuestWait } from "../actors/guest-wait.ts";

/** What a guest in an isolate of its own is run with. */
export interface LoadedGuestLimits {
  readonly maxPayloadBytes: number;
  readonly maxMemoryBytes: number;
  readonly deadlineMs: number;
  /** Instances that may live at one time. */
  readonly instances: number;
}

/** A way back to who called: the only thing outside that the isolate can reach. */
export type HostCallStub = (request: HostCallRequest) => Promise<HostCallAnswer>;

/** Success or failure as plain data, since errors lose their fields on the way; and what the guest wrote meanwhile. */
export type LoadedOutcome<T> = (
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: ErrorRecord }
) & { readonly log: readonly string[] };

/** An isolate with one module, as it can be called. */
export interface GuestWorkerApi {
  /** Checks the module; tells how it will wait for host calls. */
  check(): Promise<LoadedOutcome<GuestWait>>;
  /** Starts an instance, if there is none. */
  start(limits: LoadedGuestLimits, answer: HostCallStub): Promise<LoadedOutcome<null>>;
  call(
    operation: string,
    payload: Uint8Array,
    limits: LoadedGuestLimits,
    answer: HostCallStub,
  ): Promise<LoadedOutcome<Uint8Array>>;
}

/** Names of the modules of such an isolate. */
export const LOADED_MODULES = {
  main: "guest-worker.js",
  guest: "guest.wasm",
  probe: "jspi-probe.wasm",
} as const;
