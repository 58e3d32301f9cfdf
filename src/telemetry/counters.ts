/** Named counts of what happened, for inventory, dashboard and tests. */
export class Counters {
  readonly #counts = new Map<string, number>();

  /** Adds to a count and answers its new value. */
  add(name: string, amount = 1): number {
    const value = (this.#counts.get(name) ?? 0) + amount;
    this.#counts.set(name, value);
    return value;
  }

  /** The value of one count; 0 if nothing was counted under that name. */
  get(name: string): number {
    return this.#counts.get(name) ?? 0;
  }

  /** All counts, by name. */
  snapshot(): Record<string, number> {
    return Object.fromEntries([...this.#counts].sort(([a], [b]) => a.localeCompare(b)));
  }
}
