import type { ErrorRecord } from "../errors/index.ts";
import type { HostCallStrategyName } from "../wapc/index.ts";

/**
 * Calls travel as raw messages on the worker's own port, beside comlink's: half the cost of a comlink call. Each has a
 * `wl` field that comlink's messages do not have.
 */
export type ToWorker =
  | {
      readonly wl: "call";
      readonly call: number;
      readonly operation: string;
      readonly payload: Uint8Array;
    }
  /** The answer to the host call in progress, where the worker does not block. */
  | { readonly wl: "answer"; readonly ok: true; readonly payload: Uint8Array }
  | { readonly wl: "answer"; readonly ok: false; readonly message: string };

/** What a worker says beside comlink. */
export type FromWorker =
  | { readonly wl: "done"; readonly call: number; readonly payload: Uint8Array }
  /** `replaced`: the instance was thrown away; the next call gets a new one. */
  | { readonly wl: "failed"; readonly call: number; readonly error: ErrorRecord; readonly replaced: boolean }
  | {
      readonly wl: "host-call";
      readonly binding: string;
      readonly namespace: string;
      readonly operation: string;
      readonly payload: Uint8Array<ArrayBuffer>;
    }
  /** The blocked worker has taken a chunk of the answer and waits for the next. */
  | { readonly wl: "more" }
  | { readonly wl: "log"; readonly text: string };

/** What the worker is told when it gets its module. */
export interface LoadOptions {
  readonly strategy: HostCallStrategyName;
  readonly maxPayloadBytes: number;
  /** Milliseconds the guest may be blocked in one host call; the host answers long before. */
  readonly hostCallTimeoutMs: number;
  /** Given with the strategy `shared-memory`. */
  readonly shared?: SharedArrayBuffer;
}

/** The worker's life cycle, called through comlink. Failures are returned: comlink would drop their fields. */
export interface ActorWorkerApi {
  /** The strategies that work in this worker, best first. */
  probe(): Promise<HostCallStrategyName[]>;
  /** Instantiates the module; undefined when the guest started. */
  load(module: WebAssembly.Module, options: LoadOptions): Promise<ErrorRecord | undefined>;
}
