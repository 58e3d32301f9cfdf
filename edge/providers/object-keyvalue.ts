import { dispatchKeyValue, KEYVALUE_CONTRACT, type KeyValueHandlers } from "../../src/contracts/index.ts";
import { HostError } from "../../src/errors/index.ts";
import {
  answerCoreOperation,
  type CapabilityProvider,
  type ProviderDescriptor,
} from "../../src/providers/index.ts";
import type { ObjectStorage } from "../platform.ts";
import { told } from "../storage/object-store.ts";
import { KeyValueTables, type Kind } from "./keyvalue-tables.ts";

/** The key-value store in the storage of the host's object. */
export const OBJECT_KEYVALUE_PROVIDER: ProviderDescriptor = {
  id: "VCII3MJMSEVJYTGLIPI2ERRQU5URJVYMI5PP4A33QVTZ7TFPWKPRP2BW",
  contractId: KEYVALUE_CONTRACT,
  name: "weblattice Edge Key-Value",
  vendor: "weblattice",
  revision: 0,
  version: "0.1.0",
};

/** How an {@link ObjectKeyValueProvider} is made. */
export interface ObjectKeyValueOptions {
  readonly storage: ObjectStorage;
  /** Keys it holds at most; default 100,000. */
  readonly maxKeys?: number;
  /** Items of one list or set; default 100,000. */
  readonly maxItems?: number;
  /** Milliseconds since the epoch; default `Date.now`. */
  readonly now?: () => number;
}

const INT32_MIN = -(2 ** 31);
const INT32_MAX = 2 ** 31 - 1;

/**
 * `wasmcloud:keyvalue` in the database of a durable object: one key space for all linked actors, kept across
 * evictions. Every operation is one transaction. It behaves as the first-party redis provider does, and honours
 * `expires` as seconds. Contracts document 7.6.
 */
export class ObjectKeyValueProvider implements CapabilityProvider {
  readonly #options: ObjectKeyValueOptions;
  readonly #tables: KeyValueTables;
  readonly #maxKeys: number;
  readonly #maxItems: number;
  readonly #now: () => number;

  constructor(options: ObjectKeyValueOptions) {
    this.#options = options;
    this.#maxKeys = options.maxKeys ?? 100_000;
    this.#maxItems = options.maxItems ?? 100_000;
    this.#now = options.now ?? Date.now;
    this.#tables = told(() => new KeyValueTables(options.storage.sql));
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
    // What is stored stays: it belongs to the object, not to this run of it.
  }

  readonly #handlers: KeyValueHandlers = this.#atomic({
    Get: ({ key }) => {
      const text = this.#kind(key) === "text" ? this.#tables.text(key) : undefined;
      return { value: text ?? "", exists: text !== undefined };
    },
    Add: ({ key, value }) => {
      const sum = this.#counter(key) + value;
      if (sum < INT32_MIN || sum > INT32_MAX)
        throw new HostError("provider.failure", "increment would overflow");
      this.#claim(key, "text");
      this.#tables.setText(key, String(sum));
      return { value: sum };
    },
    Set: ({ key, value, expires }) => {
      if (this.#kind(key) !== "text") this.#tables.drop(key);
      this.#claim(key, "text");
      this.#tables.setText(key, value);
      this.#tables.setExpiry(key, expires > 0 ? this.#now() + expires * 1_000 : null);
      return { value };
    },
    Del: ({ key }) => this.#delete(key),
    Clear: ({ key }) => this.#delete(key),
    Range: ({ key, start, stop }) => {
      this.#demand(key, "list");
      const length = this.#tables.listLength(key);
      const from = start < 0 ? Math.max(0, length + start) : start;
      const to = stop < 0 ? length + stop : stop;
      return { values: to < from ? [] : this.#tables.listItems(key, from, to - from + 1) };
    },
    Push: ({ key, value }) => {
      this.#demand(key, "list");
      this.#checkRoom(this.#tables.listLength(key));
      this.#claim(key, "list");
      this.#tables.push(key, value);
      return { newCount: this.#tables.listLength(key) };
    },
    ListItemDelete: ({ key, value }) => {
      this.#demand(key, "list");
      const before = this.#tables.listLength(key);
      this.#tables.deleteItem(key, value);
      const left = this.#tables.listLength(key);
      if (left === 0) this.#tables.drop(key);
      return { newCount: before - left };
    },
    SetAdd: ({ key, value }) => {
      this.#demand(key, "set");
      if (this.#tables.setHas(key, value)) return { new_count: 0 };
      this.#checkRoom(this.#tables.setSize(key));
      this.#claim(key, "set");
      this.#tables.setAdd(key, value);
      return { new_count: 1 };
    },
    SetRemove: ({ key, value }) => {
      this.#demand(key, "set");
      if (!this.#tables.setHas(key, value)) return { new_count: 0 };
      this.#tables.setRemove(key, value);
      if (this.#tables.setSize(key) === 0) this.#tables.drop(key);
      return { new_count: 1 };
    },
    SetUnion: ({ keys }) => ({ values: [...new Set(keys.flatMap((key) => this.#members(key)))] }),
    SetIntersection: ({ keys }) => {
      const [first = [], ...rest] = keys.map((key) => this.#members(key));
      const others = rest.map((members) => new Set(members));
      return { values: first.filter((item) => others.every((set) => set.has(item))) };
    },
    SetQuery: ({ key }) => ({ values: this.#members(key) }),
    KeyExists: ({ key }) => ({ value: "", exists: this.#kind(key) !== undefined }),
  });

  /** The same handlers, each in a transaction. */
  #atomic(handlers: KeyValueHandlers): KeyValueHandlers {
    const wrap =
      (handler: (request: never, context: undefined) => unknown): ((request: never) => unknown) =>
      (request) =>
        told(() => this.#options.storage.transactionSync(() => handler(request, undefined)));
    return Object.fromEntries(
      Object.entries(handlers).map(([name, handler]) => [name, wrap(handler as never)]),
    ) as unknown as KeyValueHandlers;
  }

  /** What is under a key; what has expired is not. */
  #kind(key: string): Kind | undefined {
    const entry = this.#tables.entry(key);
    if (entry === undefined) return undefined;
    if (entry.expires === null || entry.expires > this.#now()) return entry.kind;
    this.#tables.drop(key);
    return undefined;
  }

  #demand(key: string, wanted: Kind): void {
    const kind = this.#kind(key);
    if (kind !== undefined && kind !== wanted) throw wrongKind();
  }

  #counter(key: string): number {
    this.#demand(key, "text");
    const value = this.#tables.text(key) ?? "0";
    if (!/^-?\d{1,10}$/.test(value)) {
      throw new HostError("provider.failure", "ERR value is not an integer or out of range");
    }
    return Number(value);
  }

  #members(key: string): string[] {
    this.#demand(key, "set");
    return this.#tables.setMembers(key);
  }

  /** Makes sure that a key exists, if there is room for one more. */
  #claim(key: string, kind: Kind): void {
    if (this.#tables.entry(key) !== undefined) return;
    if (this.#tables.size() >= this.#maxKeys) this.#tables.dropExpired(this.#now());
    if (this.#tables.size() >= this.#maxKeys) {
      throw new HostError("provider.failure", `The store is full: it holds ${this.#maxKeys} keys`);
    }
    this.#tables.create(key, kind);
  }

  #delete(key: string): { key: string } {
    this.#tables.drop(key);
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
