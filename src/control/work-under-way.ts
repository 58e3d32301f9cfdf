import { isDoneWithin } from "../time/index.ts";

/** Whether work was begun, and if not, why. */
export type Beginning = "begun" | "busy" | "full";

/**
 * The work of acknowledged commands. There is one piece of work at a time for a name, and a bound on all of it, since
 * each piece may hold a whole module in memory. What cannot be begun is refused, not queued: whoever asked knows at
 * once. Protocol section 13.2, R11.
 */
export class WorkUnderWay {
  readonly #limit: number;
  readonly #byName = new Map<string, Promise<void>>();
  #count = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get limit(): number {
    return this.#limit;
  }

  /** Whether nothing more can be begun. */
  get isFull(): boolean {
    return this.#count >= this.#limit;
  }

  /** Whether something is under way under one of these names. */
  has(names: readonly string[]): boolean {
    return names.some((name) => this.#byName.has(name));
  }

  /**
   * Begins work unless something is under way under one of its names.
   *
   * @param work - handles its own failures: must not reject.
   */
  begin(names: readonly string[], work: () => Promise<void>): Beginning {
    if (this.has(names)) return "busy";
    if (this.isFull) return "full";
    this.#count++;
    const done = work().finally(() => {
      this.#count--;
      for (const name of names) this.#byName.delete(name);
    });
    for (const name of names) this.#byName.set(name, done);
    return "begun";
  }

  /** Waits until nothing is under way under these names, but no longer than so many milliseconds. */
  async ended(names: readonly string[], ms: number): Promise<void> {
    const under = names.flatMap((name) => this.#byName.get(name) ?? []);
    if (under.length > 0) await isDoneWithin(Promise.all(under), ms);
  }
}
