import { entryId, isRemoval, type StoredEntry } from "./stored-entry.ts";

/** Milliseconds for which a removal is remembered: other tabs may still store what was there before it. */
const REMOVAL_MS = 7 * 24 * 3_600_000;

/** Of entries from many segments, the newest about each thing. */
export class NewestEntries {
  readonly #newest = new Map<string, StoredEntry>();
  #seen = 0;

  /** Entries seen so far, the superseded ones included. */
  get seen(): number {
    return this.#seen;
  }

  /** Things that are known. */
  get size(): number {
    return this.#newest.size;
  }

  add(entries: readonly StoredEntry[]): void {
    this.#seen += entries.length;
    for (const entry of entries) {
      const id = entryId(entry);
      const known = this.#newest.get(id);
      if (known === undefined || known[1] < entry[1]) this.#newest.set(id, entry);
    }
  }

  values(): IterableIterator<StoredEntry> {
    return this.#newest.values();
  }

  /**
   * Forgets removals that are old. Only for entries of all segments: elsewhere there may be what was removed.
   *
   * @param now - milliseconds since the epoch.
   */
  forgetOldRemovals(now: number): void {
    for (const [id, entry] of this.#newest) {
      if (isRemoval(entry) && entry[1] < now - REMOVAL_MS) this.#newest.delete(id);
    }
  }
}
