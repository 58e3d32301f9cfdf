import { HostError } from "../errors/index.ts";
import { Deadlines } from "./deadlines.ts";

/** A call that waits for its turn. */
interface Waiting {
  readonly run: () => Promise<void>;
  readonly drop: (reason: HostError) => void;
}

/** Bounds of a {@link CallQueue}. */
export interface CallQueueOptions {
  /** Jobs that may wait. */
  readonly limit: number;
  /** Jobs that may run at one time. */
  readonly parallel: number;
}

/**
 * Runs jobs in order of arrival, a few at a time. Bounded: a job over the limit is refused at once, and one that has
 * waited too long is dropped without being run.
 */
export class CallQueue {
  readonly #options: CallQueueOptions;
  readonly #deadlines = new Deadlines();
  readonly #waiting = new Set<Waiting>();
  readonly #idle = new Set<() => void>();
  #running = 0;
  #closed: HostError | undefined;

  constructor(options: CallQueueOptions) {
    this.#options = options;
  }

  /** Jobs that wait or run. */
  get length(): number {
    return this.#waiting.size + this.#running;
  }

  /**
   * Runs a job when its turn comes.
   *
   * @param maxWaitMs - longest time it may wait before it starts.
   * @throws HostError `actor.queue_full`, `actor.deadline` when it waited too long, the reason of {@link close}, or
   *   what the job throws.
   */
  add<T>(job: () => Promise<T>, maxWaitMs: number): Promise<T> {
    const { limit, parallel } = this.#options;
    return new Promise<T>((resolve, reject) => {
      if (this.#closed !== undefined) return reject(this.#closed);
      if (this.#running < parallel) {
        void this.#start(() => job().then(resolve, reject));
        return;
      }
      if (this.#waiting.size >= limit) {
        return reject(new HostError("actor.queue_full", `${limit} calls wait already; this one was refused`));
      }
      const waiting: Waiting = {
        run: () => {
          takeBack();
          return job().then(resolve, reject);
        },
        drop: (reason) => {
          takeBack();
          this.#waiting.delete(waiting);
          reject(reason);
        },
      };
      const takeBack = this.#deadlines.add(maxWaitMs, () =>
        waiting.drop(new HostError("actor.deadline", `The call waited ${maxWaitMs} ms and was not started`)),
      );
      this.#waiting.add(waiting);
    });
  }

  /** Refuses everything that waits and everything that comes. Jobs that run go on. */
  close(reason: HostError): void {
    this.#closed ??= reason;
    for (const waiting of [...this.#waiting]) waiting.drop(reason);
    this.#deadlines.close();
  }

  /** Settles when no job runs, or after the given time. */
  whenIdle(maxWaitMs: number): Promise<void> {
    if (this.#running === 0) return Promise.resolve();
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.#idle.delete(done);
        resolve();
      };
      const timer = setTimeout(done, maxWaitMs);
      this.#idle.add(done);
    });
  }

  async #start(run: () => Promise<void>): Promise<void> {
    this.#running++;
    await run();
    this.#running--;
    const [next] = this.#waiting;
    if (next !== undefined) {
      this.#waiting.delete(next);
      void this.#start(next.run);
    } else if (this.#running === 0) for (const done of this.#idle) done();
  }
}
