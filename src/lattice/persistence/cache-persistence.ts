import { asHostError } from "../../errors/index.ts";
import type { Store } from "../../storage/index.ts";
import { type Counters, FaultLog, type Logger } from "../../telemetry/index.ts";
import type { CacheChange } from "../cache-change.ts";
import { positive } from "../connect-options.ts";
import type { LatticeCache } from "../lattice-cache.ts";
import { DEFAULT_NAMESPACE } from "../subjects.ts";
import { Turns } from "../turns.ts";
import { Compaction } from "./compaction.ts";
import { NewestEntries } from "./newest-entries.ts";
import { SegmentFiles, type SegmentName } from "./segment-files.ts";
import { restoredChange } from "./stored-entry.ts";
import { WriteQueue } from "./write-queue.ts";

/** Options of `CachePersistence`. */
export interface CachePersistenceOptions {
  readonly cache: LatticeCache;
  /** May be shared with other hosts, such as other tabs, which may write at the same time. */
  readonly store: Store;
  /** Namespace prefix of the lattice: each is kept apart. Default `default`. */
  readonly namespace?: string;
  /** Milliseconds from a change until it is written; default 250. */
  readonly writeDelayMs?: number;
  /** Changes that may wait to be written; default 300,000. */
  readonly maxPending?: number;
  /** Where faults are logged; default nowhere. */
  readonly logger?: Logger;
  /** Where faults are counted, as `lattice.cache_…`; default nowhere. */
  readonly counters?: Counters;
  /** Milliseconds since the epoch; default `Date.now`. */
  readonly now?: () => number;
}

/** Listings that may turn out to be outdated, since another tab tidies up, before what was read has to do. */
const MAX_LISTINGS = 5;
/** Writes after which segments are looked at. */
const WRITES_BETWEEN = 16;

/**
 * Keeps what a lattice cache knows from one run to the next, and for all tabs of an origin. Claims come back as
 * announced only, and link values are stored as they are: whoever can read the store can read them. Failures of the
 * store are told and otherwise do no harm.
 */
export class CachePersistence {
  readonly #options: CachePersistenceOptions;
  readonly #faults: FaultLog;
  readonly #files: SegmentFiles;
  readonly #compaction: Compaction;
  readonly #queue: WriteQueue;
  readonly #abort = new AbortController();
  #stopListening: () => void = () => undefined;
  #tidying: Promise<void> = Promise.resolve();
  #writes = 0;
  #closing: Promise<void> | undefined;

  private constructor(options: CachePersistenceOptions) {
    const { store, namespace = DEFAULT_NAMESPACE, logger, counters, now = Date.now } = options;
    const faults = new FaultLog("lattice", logger, counters);
    this.#options = options;
    this.#faults = faults;
    this.#files = new SegmentFiles({ store, prefix: `cache/${encodeURIComponent(namespace)}/`, faults });
    this.#compaction = new Compaction(this.#files, now);
    this.#queue = new WriteQueue({
      delayMs: positive("writeDelayMs", options.writeDelayMs ?? 250),
      maxPending: positive("maxPending", options.maxPending ?? 300_000),
      faults,
      now,
      write: async (entries) => {
        await this.#files.write(entries);
        this.#wrote();
      },
    });
  }

  /**
   * Restores what is stored into a cache, then stores what changes in it. Open it before anything else changes the
   * cache or replicates it: what is restored replaces nothing.
   *
   * @returns when everything is restored, or the store has failed, which is told.
   * @throws HostError `input.invalid` for a bad number.
   */
  static async open(options: CachePersistenceOptions): Promise<CachePersistence> {
    const persistence = new CachePersistence(options);
    // What changes meanwhile is stored, too.
    persistence.#stopListening = options.cache.onChange((change, cause) => {
      if (cause !== "restored") persistence.#queue.add(change);
    });
    try {
      await persistence.#restore();
    } catch (error) {
      persistence.#faults.report("cache_not_restored", error);
    }
    return persistence;
  }

  /** Writes what waits to be written. Resolves when it is, or when the store has failed, which is told. */
  flush(): Promise<void> {
    return this.#queue.flush();
  }

  /** Ends it, after everything is written. Twice is fine. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#stopListening();
    this.#abort.abort(new Error("The persistence has ended"));
    await this.#queue.close();
    await this.#tidying;
  }

  async #restore(): Promise<void> {
    const newest = new NewestEntries();
    const read = await this.#readAll(newest);
    const turns = new Turns(this.#abort.signal);
    for (const entry of newest.values()) {
      this.#queue.sawTime(entry[1]);
      this.#take(entry);
      await turns.pause();
    }
    if (!this.#compaction.isWorthwhile(read, newest)) return;
    this.#inBackground(() => this.#compaction.rewrite(read, newest, this.#abort.signal));
  }

  /** Another tab may put segments together meanwhile: then what is gone is in new ones. */
  async #readAll(newest: NewestEntries): Promise<SegmentName[]> {
    const read = new Map<string, SegmentName>();
    for (let listing = 0; listing < MAX_LISTINGS; listing++) {
      const names = (await this.#files.list()).filter(({ key }) => !read.has(key));
      if (names.length === 0) break;
      for await (const { key, count, entries } of this.#files.read(names)) {
        read.set(key, { key, count });
        newest.add(entries);
      }
    }
    return [...read.values()];
  }

  #take(entry: Parameters<typeof restoredChange>[0]): void {
    try {
      const change = restoredChange(entry);
      if (change !== undefined) restore(this.#options.cache, change);
    } catch (error) {
      this.#faults.report("cache_entry_invalid", error);
    }
  }

  #wrote(): void {
    if (++this.#writes % WRITES_BETWEEN !== 0) return;
    this.#inBackground(() => this.#compaction.tidyUp(this.#abort.signal));
  }

  /** One piece of work at a time. */
  #inBackground(work: () => Promise<void>): void {
    const { signal } = this.#abort;
    this.#tidying = this.#tidying
      .then(() => (signal.aborted ? undefined : work()))
      .catch((error: unknown) => {
        if (!signal.aborted) this.#faults.report("cache_not_tidied", asHostError(error));
      });
  }
}

function restore(cache: LatticeCache, change: CacheChange): void {
  if (change.kind === "claims") cache.putClaims(change.claims, "announced", "restored");
  else if (change.kind === "link") cache.putLink(change.link, "restored");
  else if (change.kind === "alias") cache.claimAlias(change.alias, change.actor, "restored");
  else if (change.kind === "reference") cache.putReference(change.reference, change.key, "restored");
}
