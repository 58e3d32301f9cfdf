import type { PlacementKind } from "../actors/index.ts";
import { HostError } from "../errors/index.ts";
import { checkLimit, type Limits } from "./limits.ts";

/** Limits that one actor can have of its own. */
export type ActorLimits = Pick<Limits, "callDeadlineMs" | "memoryBytes" | "payloadBytes" | "queueLength">;

/** How an actor is to run. */
export interface ActorStartOptions {
  /** Where it came from, for inventories. */
  readonly reference?: string;
  /** Default `isolated`: a worker for each instance, which can be ended at any time. */
  readonly placement?: PlacementKind;
  /** Calls served at one time, each by an instance of its own; 1 to 64, default 1. */
  readonly instances?: number;
  /** Its instances are never parked while they are idle; default false. */
  readonly stay?: boolean;
  /** Overrides of the host's limits. */
  readonly limits?: Partial<ActorLimits>;
}

/** Options with every default in place. */
export interface ResolvedActorStart extends ActorLimits {
  readonly reference: string | undefined;
  readonly placement: PlacementKind;
  readonly instances: number;
  readonly stay: boolean;
}

const MAX_INSTANCES = 64;
const LIMIT_NAMES = ["callDeadlineMs", "memoryBytes", "payloadBytes", "queueLength"] as const;

/** @throws HostError `input.invalid`. */
export function resolveActorStart(options: ActorStartOptions, defaults: Limits): ResolvedActorStart {
  const { reference, placement = "isolated", instances = 1, stay = false, limits = {} } = options;
  if (placement !== "isolated" && placement !== "pooled") {
    throw new HostError("input.invalid", `An actor is placed isolated or pooled, not "${String(placement)}"`);
  }
  if (!Number.isInteger(instances) || instances < 1 || instances > MAX_INSTANCES) {
    throw new HostError("input.invalid", `An actor has 1 to ${MAX_INSTANCES} instances, not ${instances}`);
  }
  for (const name of LIMIT_NAMES) {
    const value = limits[name];
    if (value !== undefined) checkLimit(name, value);
  }
  const { callDeadlineMs, memoryBytes, payloadBytes, queueLength } = { ...defaults, ...limits };
  return { reference, placement, instances, stay, callDeadlineMs, memoryBytes, payloadBytes, queueLength };
}
