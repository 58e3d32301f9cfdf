import { dispatchKeyValue, KEYVALUE_CONTRACT, type KeyValueHandlers } from "../contracts/index.ts";
import { HostError } from "../errors/index.ts";
import type { CapabilityProvider, ProviderDescriptor } from "./capability-provider.ts";
import { answerCoreOperation } from "./core-operations.ts";

/** The in-memory key-value store of this library. */
export const MEMORY_KEYVALUE_PROVIDER: ProviderDescriptor = {
  id: "VAQR6XIRVSY47HG22ULSMOERZMO5GEJNZP3K4GU3V7BEEKHLD6WNBQAW",
  contractId: KEYVALUE_CONTRACT,
  name: "weblattice In-Memory Key-Value",
  vendor: "weblattice",
  revision: 0,
  version: "0.1.0",
};

/** How a {@link MemoryKeyValueProvider} is made. */
export interface MemoryKeyValueOptions {
  /** Keys it holds at most; default 100,000. */
  readonly maxKeys?: number;
  /** Items of one list or set; default 100,000. */
  readonly maxItems?: number;
  /** Characters of all keys and values together, each of which counts 32 more. Default 64 Mi. */
  readonly maxLength?: number;
  /** Milliseconds since the epoch; default `Date.now`. */
  readonly now?: () => number;
}

type Value = string | string[] | Set<string>;
interface Slot {
  value: Value;
  /** What it counts for. */
  length: number;
  /** Milliseconds since the epoch; absent: never. */
  expires?: number;
}

const INT32_MIN = -(2 ** 31);
const INT32_MAX = 2 ** 31 - 1;
/** What a text takes besides its characters, about. */
const TEXT_COST = 32;

/**
 * `wasmcloud:keyvalue` in memory, one key space for all linked actors. It behaves as the first-party redis provider
 * does, and honours `expires` as seconds. Contracts document 7.6.
 */
export class MemoryKeyValueProvider implements CapabilityProvider {
  readonly #slots = new Map<string, Slot>();
  readonly #maxKeys: number;
  readonly #maxItems: number;
  readonly #maxLength: number;
  readonly #now: () => number;
  #length = 0;

  constructor(options: MemoryKeyValueOptions = {}) {
    this.#maxKeys = options.maxKeys ?? 100_000;
    this.#maxItems = options.maxItems ?? 100_000;
    this.#maxLength = options.maxLength ?? 64 * 1024 * 1024;
    this.#now = options.now ?? Date.now;
  }

  configureDispatch(): void {
    // It never calls an actor.
  }

  async handleCall(_origin: string, operation: string, payload: Uint8Array): Promise<Uint8Array> {
    return (
      (await answerCoreOperation({}, operation, payload)) ??
      dispatchKeyValue(this.#handlers, operation, payload)
    );
  }

  async stop(): Promise<void> {
    this.#slots.clear();
    this.#length = 0;
  }

  readonly #handlers: KeyValueHandlers = {
    Get: ({ key }) => {
      const value = this.#read(key);
      return typeof value === "string" ? { value, exists: true } : { value: "", exists: false };
    },
    Add: ({ key, value }) => {
      const sum = this.#counter(key) + value;
      if (sum < INT32_MIN || sum > INT32_MAX)
        throw new HostError("provider.failure", "increment would overflow");
      this.#writeText(key, String(sum), this.#slots.get(key)?.expires);
      return { value: sum };
    },
    Set: ({ key, value, expires }) => {
      this.#writeText(key, value, expires > 0 ? this.#now() + expires * 1_000 : undefined);
      return { value };
    },
    Del: ({ key }) => this.#delete(key),
    Clear: ({ key }) => this.#delete(key),
    Range: ({ key, start, stop }) => {
      const list = this.#list(key);
      const from = start < 0 ? Math.max(0, list.length + start) : start;
      const to = stop < 0 ? list.length + stop : stop;
      return { values: list.slice(from, Math.max(from, to + 1)) };
    },
    Push: ({ key, value }) => {
      const list = this.#list(key);
      this.#checkRoom(list.length);
      this.#resize(key, list, lengthOf(value));
      return { newCount: list.unshift(value) };
    },
    ListItemDelete: ({ key, value }) => {
      const list = this.#list(key);
      const kept = list.filter((item) => item !== value);
      const removed = list.length - kept.length;
      if (kept.length === 0) this.#drop(key);
      else this.#resize(key, kept, -removed * lengthOf(value));
      return { newCount: removed };
    },
    SetAdd: ({ key, value }) => {
      const set = this.#set(key);
      if (set.has(value)) return { new_count: 0 };
      this.#checkRoom(set.size);
      this.#resize(key, set, lengthOf(value));
      set.add(value);
      return { new_count: 1 };
    },
    SetRemove: ({ key, value }) => {
      const set = this.#set(key);
      if (!set.delete(value)) return { new_count: 0 };
      if (set.size === 0) this.#drop(key);
      else this.#resize(key, set, -lengthOf(value));
      return { new_count: 1 };
    },
    SetUnion: ({ keys }) => {
      const all = new Set<string>();
      for (const key of new Set(keys)) for (const item of this.#set(key)) all.add(item);
      return { values: [...all] };
    },
    SetIntersection: ({ keys }) => {
      const [first, ...rest] = [...new Set(keys)].map((key) => this.#set(key));
      return { values: [...(first ?? [])].filter((item) => rest.every((set) => set.has(item))) };
    },
    SetQuery: ({ key }) => ({ values: [...this.#set(key)] }),
    KeyExists: ({ key }) => ({ value: "", exists: this.#read(key) !== undefined }),
  };

  #read(key: string): Value | undefined {
    const slot = this.#slots.get(key);
    if (slot?.expires === undefined || slot.expires > this.#now()) return slot?.value;
    this.#drop(key);
    return undefined;
  }

  #counter(key: string): number {
    const value = this.#read(key) ?? "0";
    if (typeof value !== "string") throw wrongKind();
    if (!/^-?\d{1,10}$/.test(value)) {
      throw new HostError("provider.failure", "ERR value is not an integer or out of range");
    }
    return Number(value);
  }

  #list(key: string): string[] {
    const value = this.#read(key) ?? [];
    if (!Array.isArray(value)) throw wrongKind();
    return value;
  }

  #set(key: string): Set<string> {
    const value = this.#read(key) ?? new Set<string>();
    if (!(value instanceof Set)) throw wrongKind();
    return value;
  }

  #writeText(key: string, value: string, expires?: number): void {
    this.#write(key, { value, length: lengthOf(key) + lengthOf(value) }, expires);
  }

  /** Keeps a list or set that takes so much more, or less, than before; it keeps its time too. */
  #resize(key: string, value: Value, change: number): void {
    const { length = lengthOf(key), expires } = this.#slots.get(key) ?? {};
    this.#write(key, { value, length: length + change }, expires);
  }

  #write(key: string, slot: Omit<Slot, "expires">, expires?: number): void {
    if (this.#whatIsFull(key, slot.length) !== undefined) this.#dropExpired();
    const full = this.#whatIsFull(key, slot.length);
    if (full !== undefined) throw new HostError("provider.failure", `The store is full: it holds ${full}`);
    this.#drop(key);
    this.#length += slot.length;
    this.#slots.set(key, expires === undefined ? slot : { ...slot, expires });
  }

  #whatIsFull(key: string, length: number): string | undefined {
    const former = this.#slots.get(key);
    if (former === undefined && this.#slots.size >= this.#maxKeys) return `${this.#maxKeys} keys`;
    const grown = this.#length - (former?.length ?? 0) + length;
    // What shrinks always fits.
    return grown > this.#maxLength && grown > this.#length ? `${this.#maxLength} characters` : undefined;
  }

  /** Keys that nobody reads any more are still there when their time is over. */
  #dropExpired(): void {
    for (const key of this.#slots.keys()) this.#read(key);
  }

  #drop(key: string): void {
    this.#length -= this.#slots.get(key)?.length ?? 0;
    this.#slots.delete(key);
  }

  #delete(key: string): { key: string } {
    this.#drop(key);
    return { key };
  }

  #checkRoom(size: number): void {
    if (size < this.#maxItems) return;
    throw new HostError(
      "provider.failure",
      `A list or set of this store holds at most ${this.#maxItems} items`,
    );
  }
}

function lengthOf(text: string): number {
  return text.length + TEXT_COST;
}

function wrongKind(): HostError {
  return new HostError(
    "provider.failure",
    "WRONGTYPE Operation against a key holding the wrong kind of value",
  );
}
