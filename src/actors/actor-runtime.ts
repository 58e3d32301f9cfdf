import type { VerifiedModule } from "../claims/index.ts";
import type { HostError } from "../errors/index.ts";
import type { HostCallAnswer, HostCallRequest, HostCallStrategyName } from "../wapc/index.ts";

/**
 * Where an instance runs: `isolated` in a worker of its own, which can be ended at any time; `pooled` with others in
 * one of a few workers, which is smaller and starts faster, and needs fuel counters to end a loop.
 */
export type PlacementKind = "isolated" | "pooled";

/** A module that may be run: verified, transformed, compiled once, its imports checked. */
export interface ActorModule {
  readonly compiled: WebAssembly.Module;
  /** How its guests wait for host calls: `none` for a guest that makes none. */
  readonly hostCalls: HostCallStrategyName;
  readonly placement: PlacementKind;
  readonly maxMemoryBytes: number;
}

/** What a module is prepared with. */
export interface PreparationOptions {
  readonly placement: PlacementKind;
  readonly maxMemoryBytes: number;
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
  /** Milliseconds for the start. */
  readonly startMs: number;
  /** The longest a guest may be blocked in a host call; the host answers long before. */
  readonly deadlineMs: number;
}

/** A guest that was started, wherever it runs. */
export interface ActorPlacement {
  /** Why the instance is gone; undefined while it can be called. */
  readonly ended: HostError | undefined;
  /** Times the guest inside was thrown away and made anew after a trap. */
  readonly replaced: number;
  /**
   * Calls the guest. One call at a time.
   *
   * @param payload - handed over: the caller must not use it afterwards.
   * @throws HostError `guest.failure`, `guest.trap`, `guest.fuel`, `guest.memory_limit`, `input.too_large`, or the
   *   reason of the instance's end.
   */
  call(operation: string, payload: Uint8Array): Promise<Uint8Array>;
  /** Ends the instance at once, also in the middle of a loop; a running call rejects with the reason. */
  end(reason: HostError): void;
}

/** The port through which an environment runs guests. DESIGN section 4. */
export interface ActorRuntime {
  /** Instances that may live at one time; actors beyond that are parked. */
  readonly maxInstances: number;
  /** Finds out, once, how guests can wait for host calls here. */
  hostCalls(): Promise<HostCallStrategyName>;
  /**
   * Transforms and compiles a verified module, once for each content and options.
   *
   * @throws HostError `module.…`: what is wrong with it.
   */
  prepare(verified: VerifiedModule, options: PreparationOptions): Promise<ActorModule>;
  /**
   * Starts an instance and runs its start functions.
   *
   * @throws HostError `guest.trap`, `guest.out_of_memory`, `actor.deadline` or `actor.worker_failed`; nothing is left
   *   running then.
   */
  place(module: ActorModule, options: PlacementOptions): Promise<ActorPlacement>;
  /** Ends what is kept ready. Placements are ended by who made them. Twice is fine. */
  close(): Promise<void>;
}
