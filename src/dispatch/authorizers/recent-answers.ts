interface Answer {
  readonly isAllowed: boolean;
  /** Milliseconds since the epoch. */
  readonly until: number;
}

/** Answers that hold for a while. When there are too many, the one that was not used for longest goes. */
export class RecentAnswers {
  readonly #capacity: number;
  /** In the order of their last use. */
  readonly #answers = new Map<string, Answer>();

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** @returns undefined if there is none, or it holds no longer. */
  get(key: string, now: number): boolean | undefined {
    const answer = this.#answers.get(key);
    if (answer === undefined) return undefined;
    this.#answers.delete(key);
    if (now >= answer.until) return undefined;
    this.#answers.set(key, answer);
    return answer.isAllowed;
  }

  put(key: string, isAllowed: boolean, until: number): void {
    this.#answers.delete(key);
    this.#answers.set(key, { isAllowed, until });
    if (this.#answers.size <= this.#capacity) return;
    const [oldest] = this.#answers.keys();
    if (oldest !== undefined) this.#answers.delete(oldest);
  }
}
