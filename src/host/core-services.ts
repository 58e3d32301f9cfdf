import type { ActorRuntime, InstanceBudget } from "../actors/index.ts";
import type { Authorizer, Dispatcher } from "../dispatch/index.ts";
import type { LatticeCache, LatticeRpc } from "../lattice/index.ts";
import type { Counters, Logger } from "../telemetry/index.ts";
import type { EventBus } from "./event-bus.ts";
import type { Limits } from "./limits.ts";

/** What the parts of one host share. */
export interface CoreServices {
  readonly runtime: ActorRuntime;
  /** Instances of all guests of this host. */
  readonly budget: InstanceBudget;
  readonly cache: LatticeCache;
  readonly dispatcher: Dispatcher;
  readonly authorizer: Authorizer;
  readonly events: EventBus;
  readonly logger: Logger;
  readonly counters: Counters;
  readonly limits: Limits;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Tells the lattice something, if the host is a member of one. Never throws. */
  readonly announce: (tell: (rpc: LatticeRpc) => void) => void;
}
