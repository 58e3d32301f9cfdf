/** Milliseconds before the second try; each further one waits twice as long. */
const FIRST_MS = 100;
const LONGEST_MS = 5_000;

/** How long to wait before a lost instance is replaced: not at all the first time, longer while it goes on. */
export class Backoff {
  #losses = 0;
  #until = 0;

  /** Notes that an instance was lost. @param now - milliseconds since the epoch. */
  lost(now: number): void {
    this.#losses++;
    const wait = this.#losses === 1 ? 0 : FIRST_MS * 2 ** Math.min(this.#losses - 2, 10);
    this.#until = now + Math.min(wait, LONGEST_MS);
  }

  /** Notes that all is well. */
  worked(): void {
    this.#losses = 0;
    this.#until = 0;
  }

  /** Milliseconds left to wait. */
  remaining(now: number): number {
    return Math.max(0, this.#until - now);
  }
}
