import { HostError } from "../errors/index.ts";

/**
 * Runs work of the same key in turn, and work of different keys side by side. Work may have several keys: it waits for
 * all of them, and as it takes its place in all queues at once, no two can wait for each other.
 */
export class KeyedQueue {
  readonly #tails = new Map<string, Promise<unknown>>();
  readonly #maxWaiting: number;
  #waiting = 0;

  /** @param maxWaiting - pieces of work under way and waiting; one more is refused. */
  constructor(maxWaiting: number) {
    this.#maxWaiting = maxWaiting;
  }

  /** @throws HostError `provider.overloaded`, or what the work throws. */
  async run<T>(keys: readonly string[], work: () => Promise<T>): Promise<T> {
    if (this.#waiting >= this.#maxWaiting) {
      throw new HostError("provider.overloaded", `${this.#maxWaiting} operations are waiting already`);
    }
    this.#waiting++;
    const done = Promise.all(keys.map((key) => this.#tails.get(key))).then(work);
    const tail = done.then(ignore, ignore).then(() => {
      this.#waiting--;
      for (const key of keys) if (this.#tails.get(key) === tail) this.#tails.delete(key);
    });
    for (const key of keys) this.#tails.set(key, tail);
    return done;
  }
}

/** A lock for several users of one store that are alone with it: runs work of the same name in turn. */
export function inTurn(): <T>(name: string, work: () => Promise<T>) => Promise<T> {
  const queue = new KeyedQueue(10_000);
  return (name, work) => queue.run([name], work);
}

function ignore(): void {}
