import type { VerifiedModule } from "../claims/index.ts";
import type { HostError } from "../errors/index.ts";
import type { HostCallAnswer, HostCallRequest, HostCallStrategyName } from "../wapc/index.ts";

/**
 * Where an instance runs: `isolated` in a worker of its own, which can be ended at any time; `pooled` with others in
 * one of a few workers, which is smaller and starts faster, and needs fuel counters to end a loop.
 */
export type PlacementKind = "isolated" | "pooled";

/** A module that may be run: verified, transformed, its imports checked. What else it holds is its runtime's matter. */
export interface ActorModule {
  /** How its guests wait for host calls: `none` for a guest that makes none. */
  readonly hostCalls: HostCallStrategyName;
  readonly placement: PlacementKind;
  readonly maxMemoryBytes: number;
}

/** A module that this environment could compile itself, once. */
export interface CompiledActorModule extends ActorModule {
  readonly compiled: WebAssembly.Module;
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
  /** Answers the host calls of the guest's start functions, one at a time. Must not reject. */
  readonly onHostCall: (request: HostCallRequest) => Promise<HostCallAnswer>;
  /** Takes a line of the guest's console. */
  readonly onLog: (text: string) => void;
  readonly maxPayloadBytes: number;
  /** Milliseconds for the start. */
  readonly startMs: number;
  /** The longest a guest may be blocked in a host call; the host answers long before. */
  readonly deadlineMs: number;
  /** Gives up the start: it rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** A call as an instance is given it. Either `answered`, `failed` or `notBegun` is called, once. */
export interface PlacedCall {
  readonly operation: string;
  readonly payload: Uint8Array;
  /** Answers a host call that the guest makes while it serves this call. Must not reject. */
  hostCall(request: HostCallRequest): Promise<HostCallAnswer>;
  answered(payload: Uint8Array): void;
  /**
   * @param error - `guest.failure`, `guest.trap`, `guest.fuel`, `guest.memory_limit`, `input.too_large`, or the reason
   *   of the instance's end.
   */
  failed(error: HostError): void;
  /** The instance has ended and never saw this call, which may be given to another with its payload as it was. */
  notBegun(): void;
}

/** A guest that was started, wherever it runs. */
export interface ActorPlacement {
  /** Why the instance is gone; undefined while it can be called. */
  readonly ended: HostError | undefined;
  /** Times the guest inside was thrown away and made anew after a trap. */
  readonly replaced: number;
  /** It takes another call, to be served after those it has. */
  readonly hasRoom: boolean;
  /**
   * Gives the guest a call. It serves one at a time, in the order in which it was given them.
   *
   * @param call - its payload is handed over if the instance is idle: the caller must not use it afterwards.
   */
  send(call: PlacedCall): void;
  /**
   * Takes back a call that was sent while the instance was busy; nothing more is heard of it then.
   *
   * @returns whether it was not begun, and never will be.
   */
  withdraw(call: PlacedCall): boolean;
  /** Ends the instance at once, also in the middle of a loop; the call it serves fails with the reason. */
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
   * @param module - one that this runtime prepared.
   * @throws HostError `guest.trap`, `guest.out_of_memory`, `actor.deadline` or `actor.worker_failed`; nothing is left
   *   running then.
   */
  place(module: ActorModule, options: PlacementOptions): Promise<ActorPlacement>;
  /** Ends what is kept ready. Placements are ended by who made them. Twice is fine. */
  close(): Promise<void>;
}
