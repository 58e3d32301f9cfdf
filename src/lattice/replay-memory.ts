/** Bounds of a {@link ReplayMemory}. */
export interface ReplayMemoryOptions {
  /** Ids kept; the oldest goes when there is no room. Default 100,000. */
  readonly capacity?: number;
  /** Milliseconds that an id is kept; default 600,000. */
  readonly keepMs?: number;
}

/**
 * Remembers which invocations were accepted, so that none is executed twice. What is forgotten for lack of room can
 * be repeated until its token is too old. Protocol section 13.1 S4.
 */
export class ReplayMemory {
  readonly #capacity: number;
  readonly #keepMs: number;
  /** Ids and when they may be forgotten, oldest first. */
  readonly #seen = new Map<string, number>();

  constructor(options: ReplayMemoryOptions = {}) {
    this.#capacity = options.capacity ?? 100_000;
    this.#keepMs = options.keepMs ?? 600_000;
  }

  /** Ids remembered at present. */
  get size(): number {
    return this.#seen.size;
  }

  /**
   * Notes an invocation.
   *
   * @param now - milliseconds since the epoch.
   * @returns whether it is new.
   */
  admit(hostId: string, invocationId: string, now: number): boolean {
    this.#forgetExpired(now);
    const key = `${hostId}\n${invocationId}`;
    if (this.#seen.has(key)) return false;
    if (this.#seen.size >= this.#capacity) this.#forgetOldest();
    this.#seen.set(key, now + this.#keepMs);
    return true;
  }

  #forgetExpired(now: number): void {
    for (const [key, expiry] of this.#seen) {
      if (expiry > now) return;
      this.#seen.delete(key);
    }
  }

  #forgetOldest(): void {
    for (const key of this.#seen.keys()) {
      this.#seen.delete(key);
      return;
    }
  }
}
