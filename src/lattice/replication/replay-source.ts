import type { CacheEvent } from "../cache-event.ts";
import { readClaims } from "../cache-values.ts";
import { claimsJson, compareClaims } from "../claims-order.ts";
import type { LatticeCache } from "../lattice-cache.ts";
import { linkRemovalOfKey, meaningOf } from "./cache-keys.ts";
import type { EventHistory } from "./event-history.ts";
import type { KeyValueState } from "./key-value-state.ts";

/** Makes an event when its turn comes. */
export type PlannedEvent = () => CacheEvent;

/** Where answers to replay requests come from. */
export class ReplaySource {
  readonly #history: EventHistory;
  readonly #state: KeyValueState;
  readonly #cache: LatticeCache;

  constructor(parts: {
    readonly history: EventHistory;
    readonly state: KeyValueState;
    readonly cache: LatticeCache;
  }) {
    this.#history = parts.history;
    this.#state = parts.state;
    this.#cache = parts.cache;
  }

  /**
   * What an instance lacks that has so many events: the last ones of the history, or, where they are no longer all
   * kept, the present state as events that may be repeated.
   *
   * The one who asks counts what it gets. If it still counts fewer than this instance it will ask again, and get the
   * state again; after as many events as it lacked both count the same, as if all of them had been kept. If it counts
   * more, this instance will ask for the last ones, which change nothing.
   */
  eventsFor(highWaterMark: number): readonly PlannedEvent[] {
    const missing = this.#history.total - highWaterMark;
    if (missing <= 0) return [];
    const kept = this.#history.last(missing);
    return kept === undefined ? this.#snapshot(highWaterMark === 0) : kept.map((event) => () => event);
  }

  /**
   * @param isForEmpty - whether it is for an instance that has nothing: only then counters and lists can be told,
   * since adding them to what is there would change it.
   */
  #snapshot(isForEmpty: boolean): PlannedEvent[] {
    const planned: PlannedEvent[] = [];
    for (const key of this.#state.deletedLinks()) {
      for (const event of linkRemovalOfKey(key)) planned.push(() => event);
    }
    for (const [key, entry] of this.#state.entries()) {
      if (entry.kind === "scalar") planned.push(() => this.#scalar(key));
      else if (entry.kind === "set") {
        for (const value of entry.items) planned.push(() => this.#member(key, value));
      } else if (isForEmpty) planned.push(...accumulated(key, entry));
    }
    return planned;
  }

  /** As it is when its turn comes: the one who asks has heard of changes since then. */
  #scalar(key: string): CacheEvent {
    const value = this.#state.scalar(key);
    if (value === undefined) return { kind: "KeyDelete", key };
    return { kind: "ScalarSet", key, value: this.#bestClaims(key, value) };
  }

  #member(key: string, value: string): CacheEvent {
    const entry = this.#state.get(key);
    const isThere = entry?.kind === "set" && entry.items.has(value);
    return { kind: isThere ? "SetAdd" : "SetRemoveItem", key, value };
  }

  /** The claims that count, where a lower revision came later. */
  #bestClaims(key: string, value: string): string {
    const meaning = meaningOf(key);
    const known = meaning?.kind === "claims" ? this.#cache.claims(meaning.actor) : undefined;
    if (meaning?.kind !== "claims" || known === undefined) return value;
    const json = claimsJson(known);
    if (json === value) return value;
    try {
      return compareClaims(known, readClaims(meaning.actor, value)) > 0 ? json : value;
    } catch {
      // Garbage that was counted when it came.
      return json;
    }
  }
}

function accumulated(
  key: string,
  entry:
    | { readonly kind: "atomic"; readonly value: number }
    | { readonly kind: "list"; readonly items: readonly string[] },
): PlannedEvent[] {
  if (entry.kind === "atomic") {
    const amount = entry.value;
    return [() => ({ kind: "AtomicAdd", key, amount })];
  }
  return entry.items.map((value) => () => ({ kind: "ListPush", key, value }));
}
