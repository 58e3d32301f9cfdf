import type { CacheEvent } from "../cache-event.ts";
import { Budget } from "./budget.ts";
import { isCacheKey, isLinkKey } from "./cache-keys.ts";

/** What a key holds. */
export type KeyValueEntry =
  | { readonly kind: "atomic"; value: number }
  | { readonly kind: "scalar"; value: string }
  | { readonly kind: "list"; items: string[] }
  | { readonly kind: "set"; readonly items: Set<string> };

/** Bounds of a {@link KeyValueState}: entries are keys, list items and set members. */
export interface KeyValueStateOptions {
  /** Entries of the lattice cache's own keys. Default 5,000,000. */
  readonly maxEntries?: number;
  /** UTF-16 units of those. Default 536,870,912. */
  readonly maxChars?: number;
  /** Entries of all other keys. Default 10,000. */
  readonly maxOtherEntries?: number;
  /** UTF-16 units of those. Default 16,777,216. */
  readonly maxOtherChars?: number;
  /** Deleted links remembered. Default 100,000. */
  readonly maxDeleted?: number;
}

/**
 * The key-value store behind a replicated cache, with the semantics of first-party hosts: a key keeps its kind until
 * it is deleted, and what does not fit the kind changes nothing. Protocol section 10.4.
 */
export class KeyValueState {
  readonly #entries = new Map<string, KeyValueEntry>();
  /** Keys of links that were there and are not, oldest first. */
  readonly #deleted = new Set<string>();
  readonly #own: Budget;
  readonly #other: Budget;
  readonly #maxDeleted: number;

  constructor(options: KeyValueStateOptions = {}) {
    this.#own = new Budget(options.maxEntries ?? 5_000_000, options.maxChars ?? 536_870_912);
    this.#other = new Budget(options.maxOtherEntries ?? 10_000, options.maxOtherChars ?? 16_777_216);
    this.#maxDeleted = options.maxDeleted ?? 100_000;
  }

  /** @returns whether there was room for it. An event that does not fit the kind of its key needs none. */
  apply(event: CacheEvent): boolean {
    switch (event.kind) {
      case "AtomicAdd":
        return this.#add(event.key, event.amount);
      case "ScalarSet":
        return this.#set(event.key, event.value);
      case "KeyDelete":
      case "ListClear":
        return this.#delete(event.key);
      case "ListPush":
        return this.#push(event.key, event.value);
      case "ListRemoveItem":
        return this.#removeItem(event.key, event.value);
      case "SetAdd":
        return this.#addMember(event.key, event.value);
      case "SetRemoveItem":
        return this.#removeMember(event.key, event.value);
    }
  }

  /** The text of a scalar; undefined if the key holds none. */
  scalar(key: string): string | undefined {
    const entry = this.#entries.get(key);
    return entry?.kind === "scalar" ? entry.value : undefined;
  }

  /** Whether an event would leave everything as it is. */
  isDone(event: CacheEvent): boolean {
    const entry = this.#entries.get(event.key);
    switch (event.kind) {
      case "ScalarSet":
        return entry?.kind === "scalar" && entry.value === event.value;
      case "KeyDelete":
      case "ListClear":
        return entry === undefined;
      case "SetAdd":
        return entry?.kind === "set" && entry.items.has(event.value);
      case "SetRemoveItem":
        return entry?.kind === "set" && !entry.items.has(event.value);
      default:
        return false;
    }
  }

  get(key: string): KeyValueEntry | undefined {
    return this.#entries.get(key);
  }

  entries(): IterableIterator<[string, KeyValueEntry]> {
    return this.#entries.entries();
  }

  /** Whether a link's key was deleted and not set again, as far as is remembered. */
  isDeletedLink(key: string): boolean {
    return this.#deleted.has(key);
  }

  deletedLinks(): IterableIterator<string> {
    return this.#deleted.values();
  }

  #add(key: string, amount: number): boolean {
    const entry = this.#entries.get(key);
    if (entry === undefined) return this.#create(key, { kind: "atomic", value: amount }, 0);
    // First-party builds wrap around.
    if (entry.kind === "atomic") entry.value = (entry.value + amount) | 0;
    return true;
  }

  #set(key: string, value: string): boolean {
    const entry = this.#entries.get(key);
    if (entry === undefined) return this.#create(key, { kind: "scalar", value }, value.length);
    if (entry.kind !== "scalar") return true;
    if (!this.#budget(key).add(0, value.length - entry.value.length)) return false;
    entry.value = value;
    return true;
  }

  #push(key: string, value: string): boolean {
    const entry = this.#entries.get(key);
    if (entry === undefined) return this.#create(key, { kind: "list", items: [value] }, value.length, 1);
    if (entry.kind !== "list") return true;
    if (!this.#budget(key).add(1, value.length)) return false;
    entry.items.push(value);
    return true;
  }

  #removeItem(key: string, value: string): boolean {
    const entry = this.#entries.get(key);
    if (entry?.kind !== "list") return true;
    const before = entry.items.length;
    entry.items = entry.items.filter((item) => item !== value);
    const removed = before - entry.items.length;
    return this.#budget(key).add(-removed, -removed * value.length);
  }

  #addMember(key: string, value: string): boolean {
    const entry = this.#entries.get(key);
    if (entry === undefined) {
      return this.#create(key, { kind: "set", items: new Set([value]) }, value.length, 1);
    }
    if (entry.kind !== "set" || entry.items.has(value)) return true;
    if (!this.#budget(key).add(1, value.length)) return false;
    entry.items.add(value);
    return true;
  }

  #removeMember(key: string, value: string): boolean {
    const entry = this.#entries.get(key);
    // A set that is not there becomes an empty one, as in first-party hosts.
    if (entry === undefined) return this.#create(key, { kind: "set", items: new Set() }, 0);
    if (entry.kind !== "set" || !entry.items.delete(value)) return true;
    return this.#budget(key).add(-1, -value.length);
  }

  #create(key: string, entry: KeyValueEntry, chars: number, items = 0): boolean {
    if (!this.#budget(key).add(1 + items, key.length + chars)) return false;
    this.#entries.set(key, entry);
    this.#deleted.delete(key);
    return true;
  }

  #delete(key: string): boolean {
    const entry = this.#entries.get(key);
    if (isLinkKey(key)) this.#rememberDeleted(key);
    if (entry === undefined) return true;
    this.#entries.delete(key);
    const texts = textsOf(entry);
    const chars = texts.reduce((sum, text) => sum + text.length, key.length);
    return this.#budget(key).add(-1 - (entry.kind === "scalar" ? 0 : texts.length), -chars);
  }

  #rememberDeleted(key: string): void {
    this.#deleted.delete(key);
    this.#deleted.add(key);
    if (this.#deleted.size <= this.#maxDeleted) return;
    for (const oldest of this.#deleted) {
      this.#deleted.delete(oldest);
      return;
    }
  }

  #budget(key: string): Budget {
    return isCacheKey(key) ? this.#own : this.#other;
  }
}

function textsOf(entry: KeyValueEntry): readonly string[] {
  if (entry.kind === "atomic") return [];
  return entry.kind === "scalar" ? [entry.value] : [...entry.items];
}
