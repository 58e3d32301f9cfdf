import {
  type CallHandlers,
  type KeyValueCalls,
  keyValueContract,
  type NoExchanges,
} from "../../contracts/index.ts";
import { HostError } from "../../errors/index.ts";
import { type CallOrigin, ContractProvider } from "../contract-provider.ts";
import { decodeEntry, type Entry, encodeEntry } from "./entry.ts";
import { itemsOf, type Operation, operations, rangeOf } from "./operations.ts";
import type { RecordChange, Records } from "./records.ts";

/** How large pairs may be, and when they end. */
export interface KeyValueLimits {
  /** Items of one list or set; default 100,000. */
  readonly maxItems?: number;
  /** Bytes of all that one key holds; default 1,000,000, which is less than a NATS server takes. */
  readonly maxBytes?: number;
  /** Bytes of all keys that a union or an intersection reads; default 16 MiB. */
  readonly maxReadBytes?: number;
  /** Milliseconds since the epoch; default `Date.now`. */
  readonly now?: () => number;
}

/** Where the pairs of a link are. */
export interface RecordsLink {
  readonly records: Records;
}

/**
 * `wasmcloud:keyvalue` on {@link Records}; a subclass says which ones a link means. It behaves as the first-party redis
 * provider does, and honours `expires` as seconds. Contracts document 7.6.
 */
export abstract class RecordsKeyValue<Link extends RecordsLink> extends ContractProvider<
  KeyValueCalls,
  NoExchanges,
  Link
> {
  readonly #maxItems: number;
  readonly #maxBytes: number;
  readonly #maxReadBytes: number;
  readonly #now: () => number;

  protected constructor(limits: KeyValueLimits) {
    super(keyValueContract);
    const {
      maxItems = 100_000,
      maxBytes = 1_000_000,
      maxReadBytes = 16 * 1024 * 1024,
      now = Date.now,
    } = limits;
    this.#maxItems = maxItems;
    this.#maxBytes = maxBytes;
    this.#maxReadBytes = maxReadBytes;
    this.#now = now;
  }

  protected override readonly handlers: CallHandlers<KeyValueCalls, CallOrigin<Link>> = {
    Get: async ({ key }, { link }) => {
      const entry = await this.#read(link, key);
      return entry?.value.kind === "text"
        ? { value: entry.value.text, exists: true }
        : { value: "", exists: false };
    },
    Add: ({ key, value }, { link }) => this.#change(link, key, operations.add(value)),
    Set: ({ key, value, expires }, { link }) =>
      this.#replace(
        link,
        key,
        { value },
        {
          value: { kind: "text", text: value },
          ...(expires > 0 ? { expires: this.#now() + expires * 1_000 } : {}),
        },
      ),
    Del: ({ key }, { link }) => this.#replace(link, key, { key }, undefined),
    Clear: ({ key }, { link }) => this.#replace(link, key, { key }, undefined),
    Range: async ({ key, start, stop }, { link }) => ({
      values: rangeOf(itemsOf(await this.#read(link, key), "list"), start, stop),
    }),
    Push: ({ key, value }, { link }) => this.#change(link, key, operations.push(value, this.#maxItems)),
    ListItemDelete: ({ key, value }, { link }) => this.#change(link, key, operations.removeItems(value)),
    SetAdd: ({ key, value }, { link }) =>
      this.#change(link, key, operations.addMember(value, this.#maxItems)),
    SetRemove: ({ key, value }, { link }) => this.#change(link, key, operations.removeMember(value)),
    SetUnion: async ({ keys }, { link }) => ({ values: [...new Set((await this.#sets(link, keys)).flat())] }),
    SetIntersection: async ({ keys }, { link }) => {
      const [first = [], ...rest] = await this.#sets(link, keys);
      const others = rest.map((items) => new Set(items));
      return { values: first.filter((item) => others.every((set) => set.has(item))) };
    },
    SetQuery: async ({ key }, { link }) => ({ values: [...itemsOf(await this.#read(link, key), "set")] }),
    KeyExists: async ({ key }, { link }) => ({
      value: "",
      exists: (await this.#read(link, key)) !== undefined,
    }),
  };

  async #read({ records }: Link, key: string): Promise<Entry | undefined> {
    const [bytes] = await records.read([key], Number.POSITIVE_INFINITY);
    return this.#current(key, bytes);
  }

  async #sets({ records }: Link, named: readonly string[]): Promise<(readonly string[])[]> {
    // One that is named twice adds nothing, to a union or an intersection.
    const keys = [...new Set(named)];
    const all = await records.read(keys, this.#maxReadBytes);
    return keys.map((key, index) => itemsOf(this.#current(key, all[index]), "set"));
  }

  #change<Reply>({ records }: Link, key: string, operation: Operation<Reply>): Promise<Reply> {
    return records.change(key, (bytes) => {
      const { reply: result, ...change } = operation(this.#current(key, bytes));
      return "entry" in change ? this.#made(key, result, change.entry) : { result };
    });
  }

  /** Does not look at what was there, which may be unreadable. */
  #replace<Reply>({ records }: Link, key: string, reply: Reply, entry: Entry | undefined): Promise<Reply> {
    return records.change(key, () => this.#made(key, reply, entry));
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
