import { HostError } from "../../errors/index.ts";
import type { FaultLog } from "../../telemetry/index.ts";
import type { CacheChange } from "../cache-change.ts";
import { entryId, type StoredEntry, storedEntry } from "./stored-entry.ts";

/** What a {@link WriteQueue} works with. */
export interface WriteQueueOptions {
  readonly delayMs: number;
  readonly maxPending: number;
  readonly faults: FaultLog;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly write: (entries: readonly StoredEntry[]) => Promise<void>;
}

/** Entries written at once. */
const MAX_AT_ONCE = 20_000;
/** The clock may have been set back since something was stored, but hardly by more. */
const MAX_AHEAD_MS = 24 * 3_600_000;
/** Longest wait after failures in a row. */
const MAX_WAIT_MS = 60_000;
/** Between two entries of one writer, so that the later one always counts. */
const TICK_MS = 0.001;

/** Collects changes and writes them shortly after: of several about the same thing the last. */
export class WriteQueue {
  readonly #options: WriteQueueOptions;
  readonly #pending = new Map<string, StoredEntry>();
  #lastTime = 0;
  #timer: number | undefined;
  #writing: Promise<void> | undefined;
  #failures = 0;
  #isClosed = false;

  constructor(options: WriteQueueOptions) {
    this.#options = options;
  }

  /** Everything added later counts as later than that. */
  sawTime(time: number): void {
    if (time < this.#options.now() + MAX_AHEAD_MS) this.#lastTime = Math.max(this.#lastTime, time);
  }

  add(change: CacheChange): void {
    const { delayMs, faults, maxPending, now } = this.#options;
    this.#lastTime = Math.max(now(), this.#lastTime + TICK_MS);
    const entry = storedEntry(change, this.#lastTime);
    const id = entryId(entry);
    this.#pending.delete(id);
    this.#pending.set(id, entry);
    if (this.#pending.size > maxPending) {
      this.#dropOldest();
      const lost = new HostError("storage.failed", `More than ${maxPending} changes wait to be stored`);
      faults.report("cache_unstored_dropped", lost);
    }
    this.#timer ??= setTimeout(() => void this.flush(), delayMs);
  }

  /** Writes all there is, once what is being written is. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    // Two calls may wait for the same work; the second has to write what came since.
    while (this.#writing !== undefined) await this.#writing;
    if (this.#pending.size === 0) return;
    this.#writing = this.#writeAll().finally(() => {
      this.#writing = undefined;
    });
    await this.#writing;
  }

  /** Writes all there is, for the last time. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.flush();
    clearTimeout(this.#timer);
  }

  async #writeAll(): Promise<void> {
    while (this.#pending.size > 0) {
      const entries = this.#take();
      try {
        await this.#options.write(entries);
        this.#failures = 0;
      } catch (error) {
        this.#options.faults.report("cache_not_stored", error);
        this.#putBack(entries);
        this.#tryLater();
        return;
      }
    }
  }

  #take(): StoredEntry[] {
    const entries: StoredEntry[] = [];
    for (const [id, entry] of this.#pending) {
      if (entries.length >= MAX_AT_ONCE) break;
      this.#pending.delete(id);
      entries.push(entry);
    }
    return entries;
  }

  /** Unless something newer is known by now. */
  #putBack(entries: readonly StoredEntry[]): void {
    for (const entry of entries) {
      const id = entryId(entry);
      if (!this.#pending.has(id)) this.#pending.set(id, entry);
    }
    while (this.#pending.size > this.#options.maxPending) this.#dropOldest();
  }

  #tryLater(): void {
    if (this.#isClosed) return;
    const waitMs = Math.min(MAX_WAIT_MS, 1_000 * 2 ** this.#failures++);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.flush(), waitMs);
  }

  #dropOldest(): void {
    for (const id of this.#pending.keys()) {
      this.#pending.delete(id);
      return;
    }
  }
}
