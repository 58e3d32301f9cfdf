import type { HostError } from "../errors/index.ts";
import type { HostCallAnswer, HostCallRequest, HostCallStrategyName } from "../wapc/index.ts";

/** A module that may be run: verified, compiled once, its imports checked. */
export interface ActorModule {
  readonly compiled: WebAssembly.Module;
  /** It imports `__host_call`. A guest that does not needs no strategy. */
  readonly callsHost: boolean;
}

/** What an instance is placed with. */
export interface PlacementOptions {
  /** For debuggers and logs. */
  readonly name: string;
  /** Answers the guest's host calls, one at a time. Must not reject. */
  readonly onHostCall: (request: HostCallRequest) => Promise<HostCallAnswer>;
  /** Takes a line of the guest's console. */
  readonly onLog: (text: string) => void;
  readonly maxPayloadBytes: number;
  /** Milliseconds for the start, and the longest a guest may be blocked. */
  readonly deadlineMs: number;
}

/** A guest that was started, wherever it runs. */
export interface ActorPlacement {
  readonly hostCalls: HostCallStrategyName;
  /** Why the instance is gone; undefined while it can be called. */
  readonly ended: HostError | undefined;
  /** Times the guest inside was thrown away and made anew after a trap. */
  readonly replaced: number;
  /**
   * Calls the guest. One call at a time.
   *
   * @param payload - handed over: the caller must not use it afterwards.
   * @throws HostError `guest.failure`, `guest.trap`, `input.too_large`, or the reason of the instance's end.
   */
  call(operation: string, payload: Uint8Array): Promise<Uint8Array>;
  /** Ends the instance at once, also in the middle of a loop; a running call rejects with the reason. */
  end(reason: HostError): void;
}

/** The port through which an environment runs guests. DESIGN section 4. */
export interface ActorRuntime {
  /** Finds out, once, how guests can wait for host calls here. */
  hostCalls(): Promise<HostCallStrategyName>;
  /**
   * Starts an instance and runs its start functions.
   *
   * @throws HostError `guest.trap`, `actor.deadline` or `actor.worker_failed`; nothing is left running then.
   */
  place(module: ActorModule, options: PlacementOptions): Promise<ActorPlacement>;
  /** Ends what is kept ready. Placements are ended by who made them. Twice is fine. */
  close(): Promise<void>;
}
