import type { HostError } from "../errors/index.ts";
import type { HostCallAnswer, HostCallRequest } from "../wapc/index.ts";
import type { ActorRuntime, PlacementKind } from "./actor-runtime.ts";
import type { CallContext } from "./call-context.ts";
import type { InstanceBudget } from "./instance-budget.ts";

/** What an actor is run with. */
export interface ActorOptions {
  readonly runtime: ActorRuntime;
  readonly budget: InstanceBudget;
  /** Answers the guest's host calls; the context is that of the call in progress. Must not reject. */
  readonly onHostCall: (request: HostCallRequest, context: CallContext) => Promise<HostCallAnswer>;
  readonly onLog: (text: string) => void;
  /** Told whenever an instance was lost: trap, deadline, worker failure. */
  readonly onFailure: (error: HostError) => void;
  readonly now: () => number;
  readonly placement: PlacementKind;
  /** Calls served at one time, each by an instance of its own. */
  readonly instances: number;
  /** Instances are never parked. */
  readonly stay: boolean;
  /** Milliseconds for one call in the guest. */
  readonly deadlineMs: number;
  readonly maxPayloadBytes: number;
  readonly maxMemoryBytes: number;
  readonly queueLength: number;
}

/** Counts of an actor since its start. */
export interface ActorStatistics {
  /** Calls answered, well or not. */
  readonly calls: number;
  readonly failures: number;
  /** Instances thrown away and made anew. */
  readonly restarts: number;
  /** Calls that wait or run. */
  readonly pending: number;
  /** Instances that live now; 0 when all are parked. */
  readonly liveInstances: number;
}
