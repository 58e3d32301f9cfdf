/**
 * Deadlines that hardly ever come, one for each item. A timer of its own for every call would cost a tenth of the call,
 * so there is one, which is left armed when a deadline is taken back, and when it rings looks for what is due.
 */
export class Deadlines<T> {
  readonly #onDue: (item: T) => void;
  /** When each item is due, on the clock of `performance`. */
  readonly #pending = new Map<T, number>();
  #timer: number | undefined;
  #ringsAt = 0;

  /** @param onDue - told once of each item whose deadline has come. */
  constructor(onDue: (item: T) => void) {
    this.#onDue = onDue;
  }

  /**
   * Sets an item's deadline.
   *
   * @param ms - from now.
   */
  set(item: T, ms: number): void {
    const at = performance.now() + ms;
    this.#pending.set(item, at);
    if (this.#timer === undefined || at < this.#ringsAt) this.#arm(at);
  }

  /** Takes an item's deadline back, if it has one. */
  delete(item: T): void {
    this.#pending.delete(item);
  }

  /** Forgets all deadlines. */
  close(): void {
    this.#pending.clear();
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #arm(at: number): void {
    clearTimeout(this.#timer);
    this.#ringsAt = at;
    this.#timer = setTimeout(() => this.#ring(), Math.max(0, at - performance.now()));
  }

  #ring(): void {
    this.#timer = undefined;
    const now = performance.now();
    for (const [item] of [...this.#pending].filter(([, at]) => at <= now)) {
      // One that is due may take others back.
      if (this.#pending.delete(item)) this.#onDue(item);
    }
    const next = Math.min(...this.#pending.values());
    if (this.#timer === undefined && Number.isFinite(next)) this.#arm(next);
  }
}
