import type { CacheEvent } from "../cache-event.ts";
import { scopeOf, textOf } from "./event-scope.ts";

/** Events noted; beyond that, some may be counted twice, as in first-party caches. */
const MAX_NOTED = 100_000;
/** Events that are compared with the end of a replay. */
const MAX_WINDOW = 2_000;

/**
 * The events that happen while older ones are being replayed. They are later than those, and some of them are at the
 * end of the replay as well.
 */
export class LiveEvents {
  readonly #events: CacheEvent[] = [];
  readonly #scopes = new Set<string>();
  /** The last replayed events: perhaps the same as the first live ones. */
  readonly #tail: CacheEvent[] = [];
  #window = 0;

  note(event: CacheEvent): void {
    if (this.#events.length >= MAX_NOTED) return;
    this.#events.push(event);
    const scope = scopeOf(event);
    if (scope === undefined) return;
    this.#scopes.add(scope);
    // An earlier deletion of a whole set must not undo this either.
    this.#scopes.add(event.key);
  }

  /** Whether something later is known about the same. */
  overrides(event: CacheEvent): boolean {
    const scope = scopeOf(event);
    return scope !== undefined && this.#scopes.has(scope);
  }

  /** What happens from now on is not in the replay. */
  closeWindow(): void {
    this.#window = Math.min(this.#events.length, MAX_WINDOW);
  }

  /** Takes a replayed event, and answers one that surely did not come live as well. */
  pass(event: CacheEvent): CacheEvent | undefined {
    if (this.#window === 0) return event;
    this.#tail.push(event);
    return this.#tail.length > this.#window ? this.#tail.shift() : undefined;
  }

  /** The replay is over: the last of its events that did not come live as well. */
  rest(): CacheEvent[] {
    const times = new Map<string, number>();
    for (const event of this.#events.slice(0, this.#window)) {
      const text = textOf(event);
      times.set(text, (times.get(text) ?? 0) + 1);
    }
    // Not compared in order: caches differ in the order of what they do at the same time. Counting too few events is
    // mended by the next replay, counting too many is not.
    return this.#tail.splice(0).filter((event) => {
      const text = textOf(event);
      const left = times.get(text) ?? 0;
      if (left > 0) times.set(text, left - 1);
      return left === 0;
    });
  }
}
