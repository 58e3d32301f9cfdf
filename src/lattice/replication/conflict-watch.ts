import type { CacheEvent } from "../cache-event.ts";
import { meaningOf } from "./cache-keys.ts";
import { textOf } from "./event-scope.ts";

/** Milliseconds within which two caches may see two events in different orders. */
const SAME_TIME_MS = 500;
/** Milliseconds until what counts here is told again: at random, so that not all do it at once. */
const REPEAT_MS = { least: 200, more: 1_000 } as const;
/** Keys watched at one time. */
const MAX_KEYS = 10_000;

/** What a {@link ConflictWatch} works with. */
export interface ConflictWatchOptions {
  /** Tells all caches what this one has under a key. */
  readonly repeat: (key: string) => void;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/**
 * Notices that another cache changed the same as this one at the same time. No server has an order for that which all
 * its clients see, so caches may differ from then on; whoever tells first, a little later, what counts for it ends that.
 * First-party caches take that as any change.
 */
export class ConflictWatch {
  readonly #options: ConflictWatchOptions;
  readonly #own = new Map<string, { readonly text: string; readonly at: number }>();
  readonly #repeats = new Map<string, number>();

  constructor(options: ConflictWatchOptions) {
    this.#options = options;
  }

  /** An event of this cache was sent, or came back. */
  noteOwn(event: CacheEvent): void {
    if (!isWatched(event)) return;
    this.#cancel(event.key);
    this.#own.delete(event.key);
    this.#own.set(event.key, { text: textOf(event), at: this.#options.now() });
    if (this.#own.size <= MAX_KEYS) return;
    const [oldest] = this.#own.keys();
    if (oldest !== undefined) this.#own.delete(oldest);
  }

  /** Another cache did something. */
  noteForeign(event: CacheEvent): void {
    if (!isWatched(event)) return;
    this.#cancel(event.key);
    const own = this.#own.get(event.key);
    if (own === undefined) return;
    if (own.at + SAME_TIME_MS < this.#options.now()) this.#own.delete(event.key);
    else if (own.text !== textOf(event)) this.#repeatLater(event.key);
  }

  /** Twice is fine. */
  close(): void {
    for (const timer of this.#repeats.values()) clearTimeout(timer);
    this.#repeats.clear();
    this.#own.clear();
  }

  #repeatLater(key: string): void {
    const wait = REPEAT_MS.least + Math.random() * REPEAT_MS.more;
    const timer = setTimeout(() => {
      this.#repeats.delete(key);
      this.#options.repeat(key);
    }, wait);
    this.#repeats.set(key, timer);
  }

  #cancel(key: string): void {
    clearTimeout(this.#repeats.get(key));
    this.#repeats.delete(key);
  }
}

/** Claims need no order: which of them count is decided by what they say. */
function isWatched(event: CacheEvent): boolean {
  if (event.kind !== "ScalarSet" && event.kind !== "KeyDelete") return false;
  const kind = meaningOf(event.key)?.kind;
  return kind !== undefined && kind !== "claims";
}
