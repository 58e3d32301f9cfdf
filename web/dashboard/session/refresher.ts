/**
 * Repeats a reading on demand: any number of wishes lead to one reading at a time, and at most one per gap, unless
 * somebody must have it now.
 */
export class Refresher {
  readonly #read: () => Promise<void>;
  readonly #gapMs: number;
  #running: Promise<void> | undefined;
  #next: Promise<void> | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #lastStart = Number.NEGATIVE_INFINITY;
  #closed = false;

  /** @param read - must not reject. */
  constructor(read: () => Promise<void>, gapMs: number) {
    this.#read = read;
    this.#gapMs = gapMs;
  }

  /** Reads once the gap since the last reading has passed. */
  soon(): void {
    if (this.#timer !== undefined || this.#closed) return;
    const wait = Math.max(0, this.#lastStart + this.#gapMs - performance.now());
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      void this.now();
    }, wait);
  }

  /** Resolves when a reading that began after this call is done. */
  now(): Promise<void> {
    if (this.#closed) return Promise.resolve();
    if (this.#running === undefined) return this.#start();
    this.#next ??= this.#running.then(() => {
      this.#next = undefined;
      return this.now();
    });
    return this.#next;
  }

  /** Ends all further readings. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  #start(): Promise<void> {
    this.#lastStart = performance.now();
    this.#running = this.#read().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }
}
