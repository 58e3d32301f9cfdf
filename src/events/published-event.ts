import { type ActorClaims, actorPayload } from "../claims/index.ts";
import type { HostEvent, RunState } from "./host-event.ts";

/**
 * The text published on the lattice's events subject, or undefined for an event that has no form there: first-party
 * clients log unknown events as errors. Protocol section 9.
 *
 * @param hostId - the host's `N…` key.
 * @param claims - all claims the host knows, for heartbeats.
 */
export function publishedEvent(
  event: HostEvent,
  hostId: string,
  claims: () => readonly ActorClaims[],
): string | undefined {
  const body = eventBody(event, claims);
  if (body === undefined) return undefined;
  return JSON.stringify({
    event: body,
    header: { host_origin: hostId, timestamp: Math.floor(event.time / 1_000) },
  });
}

function eventBody(event: HostEvent, claims: () => readonly ActorClaims[]): unknown {
  switch (event.type) {
    case "host_started":
      return "HostStarted";
    case "host_stopped":
      return "HostStopped";
    case "actor_started":
      return { ActorStarted: { actor: event.actor, image_ref: event.reference ?? null } };
    case "actor_stopped":
      return { ActorStopped: { actor: event.actor } };
    case "actor_update_began":
      return { ActorUpdateBegan: revisions(event) };
    case "actor_update_completed":
      return { ActorUpdateCompleted: revisions(event) };
    case "provider_started":
      return {
        ProviderStarted: {
          contract_id: event.contractId,
          link_name: event.linkName,
          provider_id: event.provider,
          image_ref: event.reference ?? null,
        },
      };
    case "provider_stopped":
      return {
        ProviderStopped: {
          contract_id: event.contractId,
          link_name: event.linkName,
          provider_id: event.provider,
        },
      };
    case "heartbeat":
      return {
        Heartbeat: {
          claims: claims().map(actorPayload),
          entities: Object.fromEntries(
            Object.entries(event.states).map(([key, state]) => [key, runState(state)]),
          ),
        },
      };
    default:
      return undefined;
  }
}

function revisions(event: Extract<HostEvent, { oldRevision: number }>): unknown {
  return { actor: event.actor, old_revision: event.oldRevision, new_revision: event.newRevision };
}

function runState(state: RunState): unknown {
  return state.state === "running" ? "Running" : { Unhealthy: state.reason };
}
