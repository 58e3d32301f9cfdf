import type { Actor } from "../actors/index.ts";
import type { RunState } from "../events/index.ts";
import type { RingBufferSink } from "../telemetry/index.ts";
import type { ActorDescription } from "./description.ts";

/** What is reported for actors whose claims have no name. Protocol section 1.4. */
export const ANONYMOUS = "Anonymous";

/** An actor that runs on this host. */
export interface RunningActor {
  readonly actor: Actor;
  readonly log: RingBufferSink;
  readonly startedAt: number;
  /** Where its module came from; an update changes it. */
  reference: string | undefined;
  /** Its module is being replaced. */
  updating: boolean;
  health: RunState;
}

/** What the last health check said, unless it keeps losing its instances. */
export function healthOf({ actor, health }: RunningActor): RunState {
  return actor.trouble === undefined ? health : { state: "unhealthy", reason: actor.trouble };
}

/** What can be shown of a running actor. */
export function describeActor(running: RunningActor): ActorDescription {
  const { actor, startedAt, reference } = running;
  const { claims } = actor;
  return {
    key: actor.key,
    name: claims.name ?? ANONYMOUS,
    issuer: claims.issuer,
    revision: claims.revision,
    moduleHash: claims.moduleHash,
    ...(claims.version === undefined ? {} : { version: claims.version }),
    ...(claims.capabilities === undefined ? {} : { capabilities: claims.capabilities }),
    ...(claims.callAlias === undefined ? {} : { callAlias: claims.callAlias }),
    tags: claims.tags,
    ...(claims.expires === undefined ? {} : { expires: claims.expires }),
    ...(reference === undefined ? {} : { reference }),
    startedAt,
    hostCalls: actor.hostCalls,
    placement: actor.placement,
    instances: actor.instances,
    health: healthOf(running),
    ...actor.statistics,
  };
}
