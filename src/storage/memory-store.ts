import { HostError } from "../errors/index.ts";
import { BatchStore } from "./batch-store.ts";
import { checkKey, checkPrefix, type StoreChange } from "./store.ts";

/** Options of a {@link MemoryStore}. */
export interface MemoryStoreOptions {
  /** Bytes of all keys and values together. Default: 256 MiB. */
  readonly maxBytes?: number;
}

/** A store that lasts as long as its process: for tests, and where the environment keeps nothing. */
export class MemoryStore extends BatchStore {
  readonly #maxBytes: number;
  readonly #values = new Map<string, Uint8Array<ArrayBuffer>>();
  #bytes = 0;

  constructor({ maxBytes = 256 * 1024 * 1024 }: MemoryStoreOptions = {}) {
    super();
    this.#maxBytes = maxBytes;
  }

  async get(key: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
    checkKey(key);
    return this.#values.get(key)?.slice();
  }

  async list(prefix: string): Promise<string[]> {
    checkPrefix(prefix);
    return [...this.#values.keys()].filter((key) => key.startsWith(prefix)).sort();
  }

  async batch(changes: readonly StoreChange[]): Promise<void> {
    const last = new Map<string, Uint8Array | undefined>();
    for (const { key, value } of changes) {
      checkKey(key);
      last.set(key, value);
    }
    let bytes = this.#bytes;
    for (const [key, value] of last) bytes += sizeOf(key, value) - sizeOf(key, this.#values.get(key));
    if (bytes > this.#maxBytes && bytes > this.#bytes) {
      throw new HostError("storage.quota", `The memory store has room for ${this.#maxBytes} bytes`, {
        hint: "Raise its limit, or delete what is not needed any more.",
        details: { bytes, maxBytes: this.#maxBytes },
      });
    }
    for (const [key, value] of last) {
      if (value === undefined) this.#values.delete(key);
      else this.#values.set(key, new Uint8Array(value));
    }
    this.#bytes = bytes;
  }
}

function sizeOf(key: string, value: Uint8Array | undefined): number {
  return value === undefined ? 0 : key.length + value.length;
}
