import type { CallRecord } from "../dispatch/index.ts";
import type { ErrorRecord } from "../errors/index.ts";
import type { LinkDefinition } from "../lattice/index.ts";

/** How an actor or provider answered its last health check. Protocol section 9.1. */
export type RunState =
  | { readonly state: "running" }
  | { readonly state: "unhealthy"; readonly reason: string };

/** Where the host stands towards its lattice. */
export type LatticeState = "standalone" | "connecting" | "connected" | "reconnecting";

/** What happened, without the time. */
export type HostEventBody =
  | { readonly type: "host_started" }
  | { readonly type: "host_stopped" }
  | { readonly type: "lattice_changed"; readonly state: LatticeState; readonly reason?: string }
  | {
      readonly type: "actor_started";
      readonly actor: string;
      readonly name: string;
      readonly reference?: string;
    }
  | { readonly type: "actor_stopped"; readonly actor: string; readonly name: string }
  /** A start that was asked for and did not come about, or a running actor that lost its instance. */
  | {
      readonly type: "actor_failed";
      readonly actor: string;
      readonly name: string;
      readonly error: ErrorRecord;
    }
  /** The running module of an actor is about to be replaced by a higher revision. Protocol section 6.5. */
  | {
      readonly type: "actor_update_began";
      readonly actor: string;
      readonly name: string;
      readonly oldRevision: number;
      readonly newRevision: number;
    }
  | {
      readonly type: "actor_update_completed";
      readonly actor: string;
      readonly name: string;
      readonly oldRevision: number;
      readonly newRevision: number;
      readonly reference?: string;
    }
  /** An update that was asked for and did not come about: the module before it runs on. */
  | {
      readonly type: "actor_update_failed";
      readonly actor: string;
      readonly name: string;
      readonly error: ErrorRecord;
    }
  /** A provider that was asked for and did not start, or that failed and was removed. */
  | {
      readonly type: "provider_failed";
      readonly provider: string;
      readonly linkName: string;
      readonly name: string;
      readonly error: ErrorRecord;
    }
  /** A provider that was well, or new, and whose health check now failed. It may be removed, or get well again. */
  | {
      readonly type: "provider_unhealthy";
      readonly provider: string;
      readonly linkName: string;
      readonly name: string;
      readonly reason: string;
    }
  | {
      readonly type: "provider_started";
      readonly provider: string;
      readonly contractId: string;
      readonly linkName: string;
      readonly name: string;
      readonly reference?: string;
    }
  | {
      readonly type: "provider_stopped";
      readonly provider: string;
      readonly contractId: string;
      readonly linkName: string;
      readonly name: string;
    }
  | { readonly type: "link_set"; readonly link: LinkDefinition }
  | { readonly type: "link_removed"; readonly link: LinkDefinition }
  /** The result of telling a provider about a link. */
  | { readonly type: "link_bound"; readonly link: LinkDefinition; readonly error?: ErrorRecord }
  | { readonly type: "call"; readonly call: CallRecord }
  | { readonly type: "heartbeat"; readonly states: Readonly<Record<string, RunState>> };

/** What happened on this host, and when. */
export type HostEvent = HostEventBody & {
  /** Milliseconds since the epoch. */
  readonly time: number;
};
