import { NewestEntries } from "./newest-entries.ts";
import type { ReadSegment, SegmentFiles, SegmentName } from "./segment-files.ts";

/** Segments with fewer entries are put together. */
const SMALL = 1_000;
/** So many small segments are worth it, and so many are put together at a time. */
const MIN_SMALL = 16;
const MAX_SMALL = 64;
/** Superseded entries that are always tolerated. */
const TOLERATED = 10_000;

/**
 * Keeps the number of segments, and of entries that count no more, in proportion. Other tabs may do the same at the
 * same time: then entries are stored twice for a while, and none is lost.
 */
export class Compaction {
  readonly #files: SegmentFiles;
  readonly #now: () => number;
  /** Things known when everything was last looked at. */
  #known = 0;

  constructor(files: SegmentFiles, now: () => number) {
    this.#files = files;
    this.#now = now;
  }

  /** Whether all of what was read should be written anew. */
  isWorthwhile(read: readonly SegmentName[], newest: NewestEntries): boolean {
    this.#known = newest.size;
    return newest.seen > 2 * newest.size + TOLERATED || read.length > MAX_SMALL + newest.size / SMALL;
  }

  /** Writes all entries that count, in place of the segments they were read from. */
  async rewrite(
    superseded: readonly SegmentName[],
    newest: NewestEntries,
    signal: AbortSignal,
  ): Promise<void> {
    newest.forgetOldRemovals(this.#now());
    this.#known = newest.size;
    await this.#files.write(newest.values(), { superseded, signal });
  }

  /** Puts small segments together if there are many, and writes everything anew if most of it is superseded. */
  async tidyUp(signal: AbortSignal): Promise<void> {
    const names = await this.#files.list();
    const total = names.reduce((sum, { count }) => sum + count, 0);
    if (total > 2 * this.#known + TOLERATED) {
      const { read, newest } = await this.#merge(names, signal);
      return this.rewrite(read, newest, signal);
    }
    const small = names.filter(({ count }) => count < SMALL).slice(0, MAX_SMALL);
    if (small.length < MIN_SMALL) return;
    const { read, newest } = await this.#merge(small, signal);
    // Some of them are gone or cannot be read: another tab is at it.
    if (read.length < small.length / 2) return;
    await this.#files.write(newest.values(), { superseded: read, signal });
  }

  async #merge(
    names: readonly SegmentName[],
    signal: AbortSignal,
  ): Promise<{ read: ReadSegment[]; newest: NewestEntries }> {
    const newest = new NewestEntries();
    const read: ReadSegment[] = [];
    for await (const segment of this.#files.read(names)) {
      signal.throwIfAborted();
      newest.add(segment.entries);
      read.push({ ...segment, entries: [] });
    }
    return { read, newest };
  }
}
