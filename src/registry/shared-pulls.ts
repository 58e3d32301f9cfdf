import type { HostError } from "../errors/index.ts";
import { cancelled } from "./guard.ts";

/** Told how many bytes of how many are there. */
export type OnProgress = (bytesDone: number, bytesTotal: number) => void;

/** Who waits for shared work. */
export interface Waiter {
  readonly signal: AbortSignal | undefined;
  readonly onProgress: OnProgress | undefined;
}

interface Running<T> {
  readonly controller: AbortController;
  readonly waiters: Set<Waiter>;
  /** How many have waited, also those who do no more. */
  joined: number;
  readonly result: Promise<T>;
}

/** Work that is done once for all who want it at one time, and given up when none of them does any more. */
export class SharedPulls<T> {
  readonly #copy: (result: T) => T;
  readonly #running = new Map<string, Running<T>>();

  /** @param copy makes a result of its own for each who waited, where there was more than one */
  constructor(copy: (result: T) => T) {
    this.#copy = copy;
  }

  /**
   * Joins the work of that name, or starts it.
   * @throws HostError `registry.cancelled`, and what the work rejects with
   */
  async join(
    name: string,
    waiter: Waiter,
    start: (signal: AbortSignal, report: OnProgress) => Promise<T>,
  ): Promise<T> {
    if (waiter.signal?.aborted) throw cancelled(waiter.signal.reason);
    const running = this.#running.get(name) ?? this.#start(name, start);
    running.waiters.add(waiter);
    running.joined += 1;
    try {
      const result = await orCancelled(running.result, waiter.signal);
      return running.joined > 1 ? this.#copy(result) : result;
    } finally {
      running.waiters.delete(waiter);
      if (running.waiters.size === 0) {
        this.#forget(name, running);
        running.controller.abort();
      }
    }
  }

  /** Gives up all that is under way. */
  cancelAll(reason: HostError): void {
    for (const { controller } of this.#running.values()) controller.abort(reason);
    this.#running.clear();
  }

  #start(name: string, start: (signal: AbortSignal, report: OnProgress) => Promise<T>): Running<T> {
    const controller = new AbortController();
    const waiters = new Set<Waiter>();
    const report: OnProgress = (done, total) => {
      for (const { onProgress } of waiters) onProgress?.(done, total);
    };
    const running: Running<T> = { controller, waiters, joined: 0, result: start(controller.signal, report) };
    this.#running.set(name, running);
    running.result.catch(() => {}).finally(() => this.#forget(name, running)); // told to each waiter
    return running;
  }

  #forget(name: string, running: Running<T>): void {
    if (this.#running.get(name) === running) this.#running.delete(name);
  }
}

function orCancelled<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(cancelled(signal.reason));
    signal.addEventListener("abort", stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", stop));
  });
}
