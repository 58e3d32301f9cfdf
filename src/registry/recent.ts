/** A few values that hold for a while; the oldest goes where there are too many. */
export class Recent<T> {
  readonly #max: number;
  readonly #values = new Map<string, { readonly value: T; readonly until: number }>();

  constructor(max: number) {
    this.#max = max;
  }

  /** The value, if there is one that still holds. */
  get(key: string): T | undefined {
    const found = this.#values.get(key);
    if (found === undefined || performance.now() < found.until) return found?.value;
    this.#values.delete(key);
    return undefined;
  }

  /** Keeps a value for so many milliseconds. */
  set(key: string, value: T, ms: number): void {
    this.#values.delete(key);
    this.#values.set(key, { value, until: performance.now() + ms });
    for (const oldest of this.#values.keys()) {
      if (this.#values.size <= this.#max) return;
      this.#values.delete(oldest);
    }
  }
}
