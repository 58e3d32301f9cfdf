import type { CacheEvent } from "../cache-event.ts";

/** Bounds of an {@link EventHistory}. */
export interface EventHistoryOptions {
  /** Events kept. */
  readonly maxEvents: number;
  /** UTF-16 units of their keys and values together. */
  readonly maxChars: number;
}

/**
 * The events of a cache in the order in which they count, the last of them at least. How many there ever were is what
 * instances compare. Protocol section 10.4.
 */
export class EventHistory {
  readonly #options: EventHistoryOptions;
  /** The kept events begin at `#start`; what is before it is dropped now and then. */
  #events: (CacheEvent | undefined)[] = [];
  #start = 0;
  #chars = 0;
  #dropped = 0;
  #held: CacheEvent[] | undefined;

  constructor(options: EventHistoryOptions) {
    this.#options = options;
  }

  /** Events there ever were. */
  get total(): number {
    return this.settled + (this.#held?.length ?? 0);
  }

  /** Events before what is held: the high-water mark to ask with. */
  get settled(): number {
    return this.#dropped + this.#kept;
  }

  /** Adds what just happened. */
  append(event: CacheEvent): void {
    if (this.#held === undefined || this.#held.length >= this.#options.maxEvents) this.appendEarlier(event);
    else this.#held.push(event);
  }

  /** What is appended from now on counts as later than what {@link appendEarlier} adds. */
  hold(): void {
    this.#held ??= [];
  }

  /** Forgets what is held; it is appended again if it comes again. */
  dropHeld(): void {
    if (this.#held !== undefined) this.#held = [];
  }

  release(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const event of held) this.appendEarlier(event);
  }

  /** Adds what happened before everything that is held. */
  appendEarlier(event: CacheEvent): void {
    this.#events.push(event);
    this.#chars += charsOf(event);
    const { maxEvents, maxChars } = this.#options;
    while (this.#kept > maxEvents || (this.#chars > maxChars && this.#kept > 0)) this.#dropFirst();
    if (this.#start > this.#kept) {
      this.#events = this.#events.slice(this.#start);
      this.#start = 0;
    }
  }

  /** The last so many events, oldest first; undefined if they are not all kept. */
  last(count: number): CacheEvent[] | undefined {
    const held = this.#held ?? [];
    if (count > this.#kept + held.length) return undefined;
    const kept = this.#events.slice(this.#start).concat(held) as CacheEvent[];
    return kept.slice(kept.length - count);
  }

  get #kept(): number {
    return this.#events.length - this.#start;
  }

  #dropFirst(): void {
    const first = this.#events[this.#start];
    this.#events[this.#start++] = undefined;
    this.#dropped++;
    if (first !== undefined) this.#chars -= charsOf(first);
  }
}

function charsOf(event: CacheEvent): number {
  return event.key.length + ("value" in event ? event.value.length : 0);
}
