import { HostError } from "../errors/index.ts";
import { Deadlines } from "./deadlines.ts";

/** A call as a queue sees it, and the queue's notes on it. */
export interface QueuedCall {
  /** Milliseconds it may wait before it is begun. */
  readonly maxWaitMs: number;
  /** Its place among all calls of the queue. */
  turn: number;
  /** When it has waited too long, on the clock of `performance`. */
  startBy: number;
  /** It is refused, and was not begun. */
  reject(reason: HostError): void;
  /** Takes it back from where it was started. @returns whether it was not begun there, and never will be. */
  withdraw(): boolean;
}

/** Bounds of a {@link CallQueue}, and where its calls go. */
export interface CallQueueOptions<T extends QueuedCall> {
  /** Calls that may wait. */
  readonly limit: number;
  /** Calls that may run at one time. Those that were started beyond that wait as well, elsewhere. */
  readonly parallel: number;
  readonly hasRoom: (call: T) => boolean;
  /** Starts a call for which there is room. */
  readonly start: (call: T) => void;
}

/**
 * Starts calls in order of arrival while there is room. Bounded: a call over the limit is refused at once, and one that
 * has waited too long, here or where it was sent ahead, is dropped without being begun.
 */
export class CallQueue<T extends QueuedCall> {
  readonly #options: CallQueueOptions<T>;
  readonly #deadlines = new Deadlines<T>((call) => this.#drop(call));
  readonly #waiting: T[] = [];
  readonly #idle = new Set<() => void>();
  #started = 0;
  #turns = 0;
  #isHeld = false;
  #closed: HostError | undefined;

  constructor(options: CallQueueOptions<T>) {
    this.#options = options;
  }

  /** Calls that wait or run. */
  get length(): number {
    return this.#waiting.length + this.#started;
  }

  /** No call waits for room. */
  get isEmpty(): boolean {
    return this.#waiting.length === 0;
  }

  /**
   * Starts a call when its turn comes. Rejects it with `actor.queue_full`, with `actor.deadline` if it waits too long,
   * or with the reason of {@link close}.
   */
  add(call: T): void {
    const { limit, parallel } = this.#options;
    if (this.#closed !== undefined) {
      call.reject(this.#closed);
      return;
    }
    if (this.length - parallel >= limit) {
      const message = `${limit} calls wait already; this one was refused`;
      call.reject(new HostError("actor.queue_full", message));
      return;
    }
    call.turn = this.#turns++;
    call.startBy = performance.now() + call.maxWaitMs;
    this.#deadlines.set(call, call.maxWaitMs);
    this.#waiting.push(call);
    this.next();
  }

  /** A call that was started is being served: it no longer waits. */
  begun(call: T): void {
    this.#deadlines.delete(call);
  }

  /** A call that was started is over. To be followed by {@link next}. */
  finished(call: T): void {
    this.begun(call);
    this.#started--;
  }

  /** A call that was started was not begun: it waits again, at its old place. To be followed by {@link next}. */
  putBack(call: T): void {
    this.#started--;
    if (this.#closed !== undefined) {
      this.#reject(call, this.#closed);
      return;
    }
    this.#deadlines.set(call, call.startBy - performance.now());
    const place = this.#waiting.findIndex(({ turn }) => turn > call.turn);
    this.#waiting.splice(place < 0 ? this.#waiting.length : place, 0, call);
  }

  /** Starts what there is room for. */
  next(): void {
    const { hasRoom, start } = this.#options;
    for (let call = this.#waiting[0]; call !== undefined && !this.#isHeld; call = this.#waiting[0]) {
      if (!hasRoom(call)) break;
      this.#waiting.shift();
      this.#started++;
      start(call);
    }
    if (this.#started === 0) for (const done of this.#idle) done();
  }

  /**
   * Starts no more calls until it is resumed; those that run go on, and those that come wait. Not to be held twice.
   *
   * @returns resumes.
   */
  hold(): () => void {
    this.#isHeld = true;
    return () => {
      this.#isHeld = false;
      this.next();
    };
  }

  /** Refuses everything that waits and everything that comes. Calls that were started go on. */
  close(reason: HostError): void {
    this.#closed ??= reason;
    for (const call of this.#waiting.splice(0)) this.#reject(call, this.#closed);
    this.#deadlines.close();
  }

  /** Settles when no call runs, or after the given time. */
  whenIdle(maxWaitMs: number): Promise<void> {
    if (this.#started === 0) return Promise.resolve();
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

  #drop(call: T): void {
    const place = this.#waiting.indexOf(call);
    if (place >= 0) this.#waiting.splice(place, 1);
    else if (call.withdraw()) this.#started--;
    else return;
    const message = `The call waited ${call.maxWaitMs} ms and was not started`;
    call.reject(new HostError("actor.deadline", message));
    this.next();
  }

  #reject(call: T, reason: HostError): void {
    this.begun(call);
    call.reject(reason);
  }
}
