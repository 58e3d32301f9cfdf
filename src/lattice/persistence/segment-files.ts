import type { Store, StoreChange } from "../../storage/index.ts";
import type { FaultLog } from "../../telemetry/index.ts";
import { decodeSegment, encodeSegments } from "./segment-codec.ts";
import type { StoredEntry } from "./stored-entry.ts";

/** What {@link SegmentFiles} works with. */
export interface SegmentFilesOptions {
  readonly store: Store;
  /** What begins all keys. */
  readonly prefix: string;
  readonly faults: FaultLog;
}

/** The key of a segment, which tells how many entries it has. */
export interface SegmentName {
  readonly key: string;
  readonly count: number;
}

/** A segment that was read. */
export interface ReadSegment extends SegmentName {
  /** None if it is damaged. */
  readonly entries: readonly StoredEntry[];
}

interface WriteOptions {
  readonly superseded?: readonly SegmentName[];
  readonly signal?: AbortSignal;
}

/** Segments fetched at one time. */
const READ_AT_ONCE = 8;
/** Bytes written in one batch. */
const BATCH_BYTES = 1_048_576;

/**
 * Segments in a store. They are written once and never changed, each under a name that nobody else uses: so several
 * tabs can write and tidy up at the same time.
 */
export class SegmentFiles {
  readonly #options: SegmentFilesOptions;
  readonly #writer = crypto.randomUUID();
  #written = 0;

  constructor(options: SegmentFilesOptions) {
    this.#options = options;
  }

  async list(): Promise<SegmentName[]> {
    const { store, prefix } = this.#options;
    return (await store.list(prefix)).map((key) => ({ key, count: countOf(key.slice(prefix.length)) }));
  }

  /** Reads segments, some at a time; those that are gone or from a later version are left out. */
  async *read(names: readonly SegmentName[]): AsyncIterableIterator<ReadSegment> {
    const { store } = this.#options;
    const fetched: Promise<Uint8Array | undefined>[] = [];
    for (const [place, name] of names.entries()) {
      for (let next = fetched.length; next < names.length && next < place + READ_AT_ONCE; next++) {
        const promise = store.get(names[next]?.key ?? "");
        // Whoever stops reading early does not hear of the rest.
        promise.catch(() => undefined);
        fetched.push(promise);
      }
      const bytes = await fetched[place];
      fetched[place] = Promise.resolve(undefined);
      const segment = bytes === undefined ? undefined : this.#decode(name, bytes);
      if (segment !== undefined) yield segment;
    }
  }

  /**
   * Stores entries. What is to be deleted goes with the last of them.
   *
   * @param options - `signal` ends it between two batches: some entries may be stored twice then.
   */
  async write(entries: Iterable<StoredEntry>, { superseded = [], signal }: WriteOptions = {}): Promise<void> {
    let batch: StoreChange[] = [];
    let bytes = 0;
    for (const segment of encodeSegments(entries)) {
      batch.push({ key: this.#newKey(segment.count), value: segment.bytes });
      bytes += segment.bytes.length;
      if (bytes < BATCH_BYTES) continue;
      signal?.throwIfAborted();
      await this.#options.store.batch(batch);
      batch = [];
      bytes = 0;
    }
    for (const { key } of superseded) batch.push({ key, value: undefined });
    if (batch.length > 0) await this.#options.store.batch(batch);
  }

  #decode(name: SegmentName, bytes: Uint8Array): ReadSegment | undefined {
    try {
      const entries = decodeSegment(bytes);
      return entries === undefined ? undefined : { ...name, entries };
    } catch (error) {
      this.#options.faults.report("cache_segment_damaged", error);
      return { ...name, entries: [] };
    }
  }

  #newKey(count: number): string {
    return `${this.#options.prefix}${count}-${this.#writer}-${this.#written++}`;
  }
}

function countOf(name: string): number {
  const count = Number.parseInt(name, 10);
  return Number.isNaN(count) ? 0 : count;
}
