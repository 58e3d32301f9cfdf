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
  /** Milliseconds since the epoch; default `Date.now`. */
  readonly now?: () => number;
}

type Value = string | string[] | Set<string>;
interface Slot {
  value: Value;
  /** Milliseconds since the epoch; absent: never. */
  expires?: number;
}

const INT32_MIN = -(2 ** 31);
const INT32_MAX = 2 ** 31 - 1;

/**
 * `wasmcloud:keyvalue` in memory, one key space for all linked actors. It behaves as the first-party redis provider
 * does, and honours `expires` as seconds. Contracts document 7.6.
 */
export class MemoryKeyValueProvider implements CapabilityProvider {
  readonly #slots = new Map<string, Slot>();
  readonly #maxKeys: number;
  readonly #maxItems: number;
  readonly #now: () => number;

  constructor(options: MemoryKeyValueOptions = {}) {
    this.#maxKeys = options.maxKeys ?? 100_000;
    this.#maxItems = options.maxItems ?? 100_000;
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
      this.#write(key, String(sum), this.#slots.get(key)?.expires);
      return { value: sum };
    },
    Set: ({ key, value, expires }) => {
      this.#write(key, value, expires > 0 ? this.#now() + expires * 1_000 : undefined);
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
      this.#write(key, list, this.#slots.get(key)?.expires);
      return { newCount: list.unshift(value) };
    },
    ListItemDelete: ({ key, value }) => {
      const list = this.#list(key);
      const kept = list.filter((item) => item !== value);
      this.#writeOrDrop(key, kept, kept.length);
      return { newCount: list.length - kept.length };
    },
    SetAdd: ({ key, value }) => {
      const set = this.#set(key);
      if (set.has(value)) return { new_count: 0 };
      this.#checkRoom(set.size);
      this.#write(key, set, this.#slots.get(key)?.expires);
      set.add(value);
      return { new_count: 1 };
    },
    SetRemove: ({ key, value }) => {
      const set = this.#set(key);
      const removed = set.delete(value);
      this.#writeOrDrop(key, set, set.size);
      return { new_count: removed ? 1 : 0 };
    },
    SetUnion: ({ keys }) => ({ values: [...new Set(keys.flatMap((key) => [...this.#set(key)]))] }),
    SetIntersection: ({ keys }) => {
      const [first, ...rest] = keys.map((key) => this.#set(key));
      return { values: [...(first ?? [])].filter((item) => rest.every((set) => set.has(item))) };
    },
    SetQuery: ({ key }) => ({ values: [...this.#set(key)] }),
    KeyExists: ({ key }) => ({ value: "", exists: this.#read(key) !== undefined }),
  };

  #read(key: string): Value | undefined {
    const slot = this.#slots.get(key);
    if (slot?.expires === undefined || slot.expires > this.#now()) return slot?.value;
    this.#slots.delete(key);
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

  #write(key: string, value: Value, expires?: number): void {
    if (!this.#slots.has(key) && this.#slots.size >= this.#maxKeys) this.#dropExpired();
    if (!this.#slots.has(key) && this.#slots.size >= this.#maxKeys) {
      throw new HostError("provider.failure", `The store is full: it holds ${this.#maxKeys} keys`);
    }
    this.#slots.set(key, expires === undefined ? { value } : { value, expires });
  }

  /** Keys that nobody reads any more are still there when their time is over. */
  #dropExpired(): void {
    for (const key of this.#slots.keys()) this.#read(key);
  }

  /** Empty lists and sets do not exist. */
  #writeOrDrop(key: string, value: Value, size: number): void {
    if (size === 0) this.#slots.delete(key);
    else this.#write(key, value, this.#slots.get(key)?.expires);
  }

  #delete(key: string): { key: string } {
    this.#slots.delete(key);
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

function wrongKind(): HostError {
  return new HostError(
    "provider.failure",
    "WRONGTYPE Operation against a key holding the wrong kind of value",
  );
}
