import { messageOf } from "../errors/index.ts";
import { CacheReplication, type CacheReplicationOptions, type LatticeConnection } from "../lattice/index.ts";
import type { CoreServices } from "./core-services.ts";
import type { LinkManager } from "./link-manager.ts";

/** How the lattice cache is replicated. Protocol section 10.4. */
export type ReplicationSettings = Pick<
  CacheReplicationOptions,
  "eventsSubject" | "replaySubject" | "replayIntervalMs" | "historyEvents"
>;

/** What a {@link LatticeReplica} works with. */
export interface LatticeReplicaOptions {
  readonly connection: LatticeConnection;
  readonly settings: ReplicationSettings;
  readonly services: CoreServices;
  readonly links: LinkManager;
}

/** The host's part in the replication of the lattice cache: what other caches tell reaches its links and providers. */
export class LatticeReplica {
  /** Resolves when the others' knowledge was asked for, answered or not. */
  readonly ready: Promise<void>;
  readonly #abort = new AbortController();
  readonly #started: Promise<CacheReplication | undefined>;
  readonly #stopFollowing: () => void;

  constructor({ connection, settings, services, links }: LatticeReplicaOptions) {
    const { cache, logger, counters, now } = services;
    const log = logger.scoped("cache");
    this.#stopFollowing = cache.onChange((change, cause) => {
      if (cause !== "replicated") return;
      links.takeReplicated(change).catch((error: unknown) => {
        log.error(`A replicated change could not be used: ${messageOf(error)}`);
      });
    });
    const { signal } = this.#abort;
    this.#started = CacheReplication.start({
      ...settings,
      connection,
      cache,
      logger: log,
      counters,
      now,
      signal,
    }).catch((error: unknown) => {
      if (!signal.aborted) log.error(`The lattice cache is not replicated: ${messageOf(error)}`);
      return undefined;
    });
    this.ready = this.#started.then(() => undefined);
  }

  /** Ends it; the cache keeps what it knows. Twice is fine. */
  async close(): Promise<void> {
    this.#abort.abort();
    this.#stopFollowing();
    await (await this.#started)?.close();
  }
}
