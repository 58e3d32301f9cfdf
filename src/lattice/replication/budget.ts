/** Room for entries, and for the characters that they are made of. */
export class Budget {
  readonly #maxEntries: number;
  readonly #maxChars: number;
  #entries = 0;
  #chars = 0;

  constructor(maxEntries: number, maxChars: number) {
    this.#maxEntries = maxEntries;
    this.#maxChars = maxChars;
  }

  /** Takes or gives back; what is given back always fits. @returns whether there was room. */
  add(entries: number, chars: number): boolean {
    const isMore = entries > 0 || chars > 0;
    if (isMore && (this.#entries + entries > this.#maxEntries || this.#chars + chars > this.#maxChars)) {
      return false;
    }
    this.#entries += entries;
    this.#chars += chars;
    return true;
  }
}
