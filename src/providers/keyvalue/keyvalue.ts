import {
  type CallHandlers,
  type KeyValueCalls,
  keyValueContract,
  type NoExchanges,
} from "../../contracts/index.ts";
import { HostError } from "../../errors/index.ts";
import type { ProviderDescriptor } from "../capability-provider.ts";
import { type CallOrigin, ContractProvider } from "../contract-provider.ts";
import type { LinkValues } from "../link-values.ts";
import { decodeEntry, type Entry, encodeEntry } from "./entry.ts";
import { itemsOf, type Operation, operations, rangeOf } from "./operations.ts";
import type { RecordChange, Records } from "./records.ts";

const common = { contractId: keyValueContract.id, vendor: "weblattice", revision: 0, version: "0.1.0" };

/** `wasmcloud:keyvalue` in the store of the host. */
export const STORE_KEYVALUE_PROVIDER: ProviderDescriptor = {
  ...common,
  id: "VCHQ4GV5FV5KPFVVK5S6AHFTL25CUYQ76GRN7YSDRDMGQZ6HLD4DWICS",
  name: "weblattice Key-Value",
};

/** `wasmcloud:keyvalue` in a JetStream bucket. */
export const NATS_KEYVALUE_PROVIDER: ProviderDescriptor = {
  ...common,
  id: "VDSFKK6ZB7M6GCMRDGFFXLRCRUAYXATXFA6QSVQ3IKBQC4Y6MMYSQKNP",
  name: "weblattice NATS Key-Value",
};

/** How a {@link KeyValueProvider} is made. */
export interface KeyValueOptions {
  /** Where pairs are kept: `StoreRecords` or `BucketRecords`. */
  readonly records: Records;
  /** Items of one list or set; default 100,000. */
  readonly maxItems?: number;
  /** Bytes of all that one key holds; default 1,000,000, which is less than a NATS server takes. */
  readonly maxBytes?: number;
  /** Milliseconds since the epoch; default `Date.now`. */
  readonly now?: () => number;
}

/**
 * `wasmcloud:keyvalue` that outlives the host, one key space for all linked actors. It behaves as the first-party redis
 * provider does, and honours `expires` as seconds. Contracts document 7.6.
 */
export class KeyValueProvider extends ContractProvider<KeyValueCalls, NoExchanges> {
  readonly #records: Records;
  readonly #maxItems: number;
  readonly #maxBytes: number;
  readonly #now: () => number;

  constructor(options: KeyValueOptions) {
    super(keyValueContract);
    this.#records = options.records;
    this.#maxItems = options.maxItems ?? 100_000;
    this.#maxBytes = options.maxBytes ?? 1_000_000;
    this.#now = options.now ?? Date.now;
  }

  protected override readonly handlers: CallHandlers<KeyValueCalls, CallOrigin<LinkValues>> = {
    Get: async ({ key }) => {
      const entry = await this.#read(key);
      return entry?.value.kind === "text"
        ? { value: entry.value.text, exists: true }
        : { value: "", exists: false };
    },
    Add: ({ key, value }) => this.#change(key, operations.add(value)),
    Set: ({ key, value, expires }) =>
      this.#replace(
        key,
        { value },
        {
          value: { kind: "text", text: value },
          ...(expires > 0 ? { expires: this.#now() + expires * 1_000 } : {}),
        },
      ),
    Del: ({ key }) => this.#replace(key, { key }, undefined),
    Clear: ({ key }) => this.#replace(key, { key }, undefined),
    Range: async ({ key, start, stop }) => ({
      values: rangeOf(itemsOf(await this.#read(key), "list"), start, stop),
    }),
    Push: ({ key, value }) => this.#change(key, operations.push(value, this.#maxItems)),
    ListItemDelete: ({ key, value }) => this.#change(key, operations.removeItems(value)),
    SetAdd: ({ key, value }) => this.#change(key, operations.addMember(value, this.#maxItems)),
    SetRemove: ({ key, value }) => this.#change(key, operations.removeMember(value)),
    SetUnion: async ({ keys }) => ({ values: [...new Set((await this.#sets(keys)).flat())] }),
    SetIntersection: async ({ keys }) => {
      const [first = [], ...rest] = await this.#sets(keys);
      const others = rest.map((items) => new Set(items));
      return { values: first.filter((item) => others.every((set) => set.has(item))) };
    },
    SetQuery: async ({ key }) => ({ values: [...itemsOf(await this.#read(key), "set")] }),
    KeyExists: async ({ key }) => ({ value: "", exists: (await this.#read(key)) !== undefined }),
  };

  protected override openLink(values: LinkValues): LinkValues {
    return values;
  }

  protected override unlinked(): LinkValues {
    return {};
  }

  protected override close(): Promise<void> {
    return this.#records.close();
  }

  async #read(key: string): Promise<Entry | undefined> {
    const [bytes] = await this.#records.read([key]);
    return this.#current(key, bytes);
  }

  async #sets(keys: readonly string[]): Promise<(readonly string[])[]> {
    const all = await this.#records.read(keys);
    return keys.map((key, index) => itemsOf(this.#current(key, all[index]), "set"));
  }

  #change<Reply>(key: string, operation: Operation<Reply>): Promise<Reply> {
    return this.#records.change(key, (bytes) => {
      const { reply: result, ...change } = operation(this.#current(key, bytes));
      return "entry" in change ? this.#made(key, result, change.entry) : { result };
    });
  }

  /** Does not look at what was there, which may be unreadable. */
  #replace<Reply>(key: string, reply: Reply, entry: Entry | undefined): Promise<Reply> {
    return this.#records.change(key, () => this.#made(key, reply, entry));
  }

  #made<Reply>(key: string, result: Reply, entry: Entry | undefined): RecordChange<Reply> {
    if (entry === undefined) return { result, bytes: undefined };
    const bytes = encodeEntry(key, entry);
    if (bytes.length > this.#maxBytes) {
      throw new HostError("storage.quota", `A key of this store holds at most ${this.#maxBytes} bytes`);
    }
    return { result, bytes, expires: entry.expires };
  }

  /** The entry in some bytes, unless its time is over. */
  #current(key: string, bytes: Uint8Array | undefined): Entry | undefined {
    if (bytes === undefined) return undefined;
    const entry = decodeEntry(key, bytes);
    return entry.expires === undefined || entry.expires > this.#now() ? entry : undefined;
  }
}
