import type { ErrorRecord } from "../errors/index.ts";
import type { HostCallStrategyName } from "../wapc/index.ts";

/** One call for a guest. */
export interface GuestCall {
  /** Its number, told again with its outcome. */
  readonly call: number;
  readonly operation: string;
  /** Bytes of its payload. */
  readonly length: number;
}

/**
 * Calls travel as raw messages on the worker's own port, beside comlink's: half the cost of a comlink call. Each has a
 * `wl` field that comlink's messages do not have, and names the guest it is for: a worker may hold several.
 */
export type ToWorker =
  /** To be served one after the other. */
  | {
      readonly wl: "calls";
      readonly guest: number;
      readonly calls: readonly GuestCall[];
      /** The payloads in the order of the calls: one buffer costs less than many. */
      readonly payloads: Uint8Array;
    }
  /** The answer to the guest's host call in progress, where the worker does not block. */
  | { readonly wl: "answer"; readonly guest: number; readonly ok: true; readonly payload: Uint8Array }
  | { readonly wl: "answer"; readonly guest: number; readonly ok: false; readonly message: string };

/** What a worker says beside comlink. */
export type FromWorker =
  /** There are answers in the box. */
  | { readonly wl: "answers"; readonly guest: number }
  | { readonly wl: "done"; readonly guest: number; readonly call: number; readonly payload: Uint8Array }
  /** `replaced`: the instance was thrown away; the next call gets a new one. */
  | {
      readonly wl: "failed";
      readonly guest: number;
      readonly call: number;
      readonly error: ErrorRecord;
      readonly replaced: boolean;
    }
  | {
      readonly wl: "host-call";
      readonly guest: number;
      /** The call it is made for; 0 while the guest starts. */
      readonly call: number;
      readonly binding: string;
      readonly namespace: string;
      readonly operation: string;
      readonly payload: Uint8Array<ArrayBuffer>;
    }
  /** The blocked worker has taken a chunk of the answer and waits for the next. */
  | { readonly wl: "more"; readonly guest: number }
  | { readonly wl: "log"; readonly guest: number; readonly text: string };

/** What the worker is told when it gets a module. */
export interface LoadOptions {
  readonly strategy: HostCallStrategyName;
  readonly maxPayloadBytes: number;
  /** The module has fuel counters. */
  readonly fuel: boolean;
  /** Bytes its memory can grow to; patched into the module before. */
  readonly maxMemoryBytes: number;
  /** Milliseconds the guest may be blocked in one host call; the host answers long before. */
  readonly hostCallTimeoutMs: number;
  /** Given with the strategy `shared-memory`. */
  readonly shared?: SharedArrayBuffer;
  /** Given where memory can be shared: the ledger of calls, so that they can be sent ahead, and the box for answers. */
  readonly calls?: SharedArrayBuffer;
}

/** The worker's life cycle, called through comlink. Failures are returned: comlink would drop their fields. */
export interface ActorWorkerApi {
  /** The strategies that work in this worker, best first. */
  probe(): Promise<HostCallStrategyName[]>;
  /** Instantiates a module under a new guest number; undefined when the guest started. */
  load(guest: number, module: WebAssembly.Module, options: LoadOptions): Promise<ErrorRecord | undefined>;
  /** Forgets a guest. Answers once the worker is not busy. */
  unload(guest: number): Promise<void>;
}
