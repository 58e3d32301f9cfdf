/** Items of one piece of work; what a disk does for many takes little longer than for one. */
const MAX_ITEMS = 64;

interface Waiting<T, R> {
  readonly item: T;
  readonly resolve: (result: R) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Does work for many at one time: what comes within a tick, or while a piece of work is under way, is done together, in
 * the order in which it came. Where that fails, each is done alone, so that nobody fails for another's fault.
 */
export class Gathering<T, R> {
  readonly #work: (items: readonly T[]) => Promise<readonly R[]>;
  readonly #waiting: Waiting<T, R>[] = [];
  #isBusy = false;

  /** @param work - all of it or nothing; its results are in the order of the items. */
  constructor(work: (items: readonly T[]) => Promise<readonly R[]>) {
    this.#work = work;
  }

  add(item: T): Promise<R> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ item, resolve, reject });
      if (!this.#isBusy) void this.#run();
    });
  }

  async #run(): Promise<void> {
    this.#isBusy = true;
    await Promise.resolve();
    while (this.#waiting.length > 0) await this.#together(this.#waiting.splice(0, MAX_ITEMS));
    this.#isBusy = false;
  }

  async #together(all: readonly Waiting<T, R>[]): Promise<void> {
    try {
      const results = await this.#work(all.map(({ item }) => item));
      for (const [index, { resolve }] of all.entries()) resolve(results[index] as R);
    } catch (error) {
      if (all.length === 1) for (const { reject } of all) reject(error);
      else for (const each of all) await this.#together([each]);
    }
  }
}
