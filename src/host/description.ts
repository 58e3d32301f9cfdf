import type { HostCallStrategyName, PlacementKind } from "../actors/index.ts";
import type { ErrorRecord } from "../errors/index.ts";
import type { LatticeState, RunState } from "../events/index.ts";
import type { LinkDefinition } from "../lattice/index.ts";
import type { ProviderAuthority } from "../providers/index.ts";
import type { Limits } from "./limits.ts";

/** A running actor. */
export interface ActorDescription {
  /** The actor's `M…` key. */
  readonly key: string;
  readonly name: string;
  /** The account key that signed it. */
  readonly issuer: string;
  readonly revision: number;
  /** The hash of the module that serves now, as its claims have it. */
  readonly moduleHash: string;
  readonly version?: string;
  /** Contracts it may call; absent claims deny every call and are shown as undefined. */
  readonly capabilities?: readonly string[];
  readonly callAlias?: string;
  readonly tags: readonly string[];
  /** Seconds since the epoch. */
  readonly expires?: number;
  /** The reference or address it was started from. */
  readonly reference?: string;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  /** How this actor's guest waits for host calls. */
  readonly hostCalls: HostCallStrategyName;
  readonly placement: PlacementKind;
  /** Calls it can serve at one time, each by an instance of its own. */
  readonly instances: number;
  /** Instances that live now; parked ones come back at the next call. */
  readonly liveInstances: number;
  readonly health: RunState;
  /** Calls that were answered, well or not. */
  readonly calls: number;
  readonly failures: number;
  /** Times its instance was thrown away and made anew. */
  readonly restarts: number;
  /** Calls that wait or run now. */
  readonly pending: number;
}

/** A running capability provider under one link name. */
export interface ProviderDescription {
  /** The provider's `V…` key. */
  readonly id: string;
  readonly contractId: string;
  readonly linkName: string;
  readonly name: string;
  readonly revision: number;
  readonly version?: string;
  readonly reference?: string;
  readonly startedAt: number;
  readonly health: RunState;
  /** Keys of the actors that are bound to it now. */
  readonly boundActors: readonly string[];
  /** Offered to other hosts; the built-in extras are not. */
  readonly onLattice: boolean;
  /** What one from an archive was granted: it can reach no more. Absent for those of the host and its program. */
  readonly authority?: ProviderAuthority;
}

/** A link, and how far it has come on this host. */
export interface LinkDescription extends LinkDefinition {
  /**
   * `bound`: the provider runs here and was told; `waiting`: actor or provider not known yet, or the provider runs
   * elsewhere; `refused`: the actor's claims lack the contract, or the provider refused.
   */
  readonly state: "bound" | "waiting" | "refused";
  readonly reason?: string;
}

/** The host's place on a lattice. */
export interface LatticeDescription {
  readonly state: LatticeState;
  readonly namespace: string;
  readonly server?: string;
  readonly serverVersion?: string;
  /** Milliseconds since the epoch of the last change of state. */
  readonly since: number;
  /** Why the last attempt or connection ended, if it ended badly. */
  readonly error?: ErrorRecord;
}

/** Everything about a host that can be shown. */
export interface HostDescription {
  /** The host's `N…` key. */
  readonly id: string;
  readonly startedAt: number;
  readonly labels: Readonly<Record<string, string>>;
  /** The strategy new actors get here. */
  readonly hostCalls: HostCallStrategyName;
  readonly lattice: LatticeDescription;
  readonly actors: readonly ActorDescription[];
  readonly providers: readonly ProviderDescription[];
  readonly links: readonly LinkDescription[];
  readonly counters: Readonly<Record<string, number>>;
  readonly limits: Limits;
}
