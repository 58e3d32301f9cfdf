interface Deadline {
  readonly at: number;
  readonly onDue: () => void;
}

/**
 * Deadlines that hardly ever come. A timer of its own for every call would cost a tenth of the call, so there is one,
 * which is left armed when a deadline is taken back, and when it rings looks for what is due.
 */
export class Deadlines {
  readonly #pending = new Set<Deadline>();
  #timer: number | undefined;
  #ringsAt = 0;

  /**
   * @param ms - from now.
   * @returns takes the deadline back.
   */
  add(ms: number, onDue: () => void): () => void {
    const deadline = { at: performance.now() + ms, onDue };
    this.#pending.add(deadline);
    if (this.#timer === undefined || deadline.at < this.#ringsAt) this.#arm(deadline.at);
    return () => this.#pending.delete(deadline);
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
    for (const deadline of [...this.#pending].filter(({ at }) => at <= now)) {
      // One that is due may take others back.
      if (this.#pending.delete(deadline)) deadline.onDue();
    }
    const next = Math.min(...[...this.#pending].map(({ at }) => at));
    if (this.#timer === undefined && Number.isFinite(next)) this.#arm(next);
  }
}
