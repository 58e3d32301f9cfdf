import { type Environment, HostError, type ReplicationSettings } from "../../src/index.ts";
import type { PlaneArguments } from "./host-planes.ts";
import { wholeSeconds } from "./whole-seconds.ts";

/** Where and how the lattice cache is replicated. Protocol section 10.4. */
export interface CacheArguments {
  readonly plane: PlaneArguments;
  readonly settings: ReplicationSettings;
}

/**
 * What the variables `KVCACHE_…` say; undefined without `KVCACHE_NATS_URL`: no replication.
 *
 * @throws HostError `input.invalid`.
 */
export function cacheOf(environment: Environment): CacheArguments | undefined {
  const variable = (name: string): string | undefined => environment[`KVCACHE_${name}`] || undefined;
  const url = variable("NATS_URL");
  if (url === undefined) return undefined;
  const [jwt, seed] = [variable("CLIENT_JWT"), variable("CLIENT_SEED")];
  if ((jwt === undefined) !== (seed === undefined)) {
    throw new HostError(
      "input.invalid",
      "KVCACHE_CLIENT_JWT and KVCACHE_CLIENT_SEED are of use together only",
    );
  }
  const eventsSubject = variable("STATE_REPL_SUBJECT");
  const replaySubject = variable("REPLAY_REQ_SUBJECT");
  const interval = variable("REPLAY_HEARTBEAT_SECS");
  return {
    plane: {
      servers: url.split(",").map((server) => server.trim()),
      ...(jwt === undefined || seed === undefined ? {} : { jwt, seed }),
    },
    settings: {
      ...(eventsSubject === undefined ? {} : { eventsSubject }),
      ...(replaySubject === undefined ? {} : { replaySubject }),
      ...(interval === undefined
        ? {}
        : { replayIntervalMs: wholeSeconds("KVCACHE_REPLAY_HEARTBEAT_SECS", interval) * 1_000 }),
    },
  };
}
