import { delay } from "../time/index.ts";

/** Work of about this length is done at a time. */
const TURN_MS = 8;
/** Steps between two looks at the clock. */
const STEPS = 16;

/** Divides long work into turns, so that others have theirs. */
export class Turns {
  readonly #signal: AbortSignal;
  #end = performance.now() + TURN_MS;
  #step = 0;

  /** @param signal - ends the work: the next pause rejects with its reason. */
  constructor(signal: AbortSignal) {
    this.#signal = signal;
  }

  /** Lets others go on if the turn is over; to be awaited between two steps. */
  pause(): Promise<void> | undefined {
    if (++this.#step % STEPS !== 0 || performance.now() < this.#end) return undefined;
    return this.#next();
  }

  async #next(): Promise<void> {
    await delay(0, this.#signal);
    this.#end = performance.now() + TURN_MS;
  }
}
