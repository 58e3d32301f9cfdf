import { type Counters, FaultLog, type Logger } from "../../telemetry/index.ts";
import { positive } from "../connect-options.ts";
import type { LatticeConnection } from "../connection.ts";
import type { LatticeCache } from "../lattice-cache.ts";
import { CACHE_EVENTS_SUBJECT, CACHE_REPLAY_SUBJECT } from "../subjects.ts";
import type { ReplayDeadlines } from "./replay-request.ts";

/** Options of `CacheReplication`. */
export interface CacheReplicationOptions {
  /** Stays open when the replication ends. */
  readonly connection: LatticeConnection;
  /** What is replicated. One replication at a time. */
  readonly cache: LatticeCache;
  /** Default `lattice.state.events`: not namespaced, so lattices on one account need subjects of their own. */
  readonly eventsSubject?: string;
  /** Default `lattice.state.replay`. */
  readonly replaySubject?: string;
  /** Milliseconds between two requests for what is missing; default 60,000. */
  readonly replayIntervalMs?: number;
  /** Events kept for others; who lacks more gets the present state instead. Default 200,000. */
  readonly historyEvents?: number;
  /** Changes kept while there is no connection; default 200,000. */
  readonly maxUnsent?: number;
  /** Requests of others answered at one time; default 8. */
  readonly maxReplays?: number;
  /** How long answers are waited for; defaults 2,000 and 1,000, and 120,000 for all. Protocol section 10.4. */
  readonly deadlines?: Partial<ReplayDeadlines>;
  /** Ends a start that is under way: it rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Where faults are logged; default nowhere. */
  readonly logger?: Logger;
  /** Where faults are counted, as `lattice.cache_…`; default nowhere. */
  readonly counters?: Counters;
  /** Milliseconds since the epoch; default `Date.now`. */
  readonly now?: () => number;
}

/** Options with every default in place. */
export interface ResolvedReplicationOptions {
  readonly connection: LatticeConnection;
  readonly cache: LatticeCache;
  readonly eventsSubject: string;
  readonly replaySubject: string;
  readonly replayIntervalMs: number;
  readonly historyEvents: number;
  readonly maxUnsent: number;
  readonly maxReplays: number;
  readonly deadlines: ReplayDeadlines;
  readonly logger: Logger | undefined;
  readonly counters: Counters | undefined;
  readonly faults: FaultLog;
  readonly now: () => number;
}

/** @throws HostError `input.invalid` for a bad number. */
export function resolveReplicationOptions(options: CacheReplicationOptions): ResolvedReplicationOptions {
  const { ackMs = 2_000, eventMs = 1_000, totalMs = 120_000 } = options.deadlines ?? {};
  return Object.freeze({
    connection: options.connection,
    cache: options.cache,
    eventsSubject: options.eventsSubject ?? CACHE_EVENTS_SUBJECT,
    replaySubject: options.replaySubject ?? CACHE_REPLAY_SUBJECT,
    replayIntervalMs: positive("replayIntervalMs", options.replayIntervalMs ?? 60_000),
    historyEvents: positive("historyEvents", options.historyEvents ?? 200_000),
    maxUnsent: positive("maxUnsent", options.maxUnsent ?? 200_000),
    maxReplays: positive("maxReplays", options.maxReplays ?? 8),
    deadlines: {
      ackMs: positive("deadlines.ackMs", ackMs),
      eventMs: positive("deadlines.eventMs", eventMs),
      totalMs: positive("deadlines.totalMs", totalMs),
    },
    logger: options.logger,
    counters: options.counters,
    faults: new FaultLog("lattice", options.logger, options.counters),
    now: options.now ?? Date.now,
  });
}
