import { joined } from "../../src/bytes/index.ts";
import { HostError, messageOf } from "../../src/errors/index.ts";
import { BatchStore, BEHIND_ALL, checkKey, checkPrefix, type StoreChange } from "../../src/storage/index.ts";
import type { ObjectStorage, SqlCursor, SqlValue } from "../platform.ts";

/** A row holds at most 2 MB. */
const PART_BYTES = 1024 * 1024;

/** A store in the database of a durable object: there as long as the object is. Values of any size. */
export class ObjectStore extends BatchStore {
  readonly #storage: ObjectStorage;
  readonly #name: string;

  /** @param name - every name has its own content; default `host`. */
  constructor(storage: ObjectStorage, name = "host") {
    super();
    this.#storage = storage;
    this.#name = name;
    this.#sql(
      "CREATE TABLE IF NOT EXISTS weblattice_store (name TEXT, key TEXT, part INTEGER, value BLOB, PRIMARY KEY (name, key, part)) WITHOUT ROWID",
    );
  }

  async get(key: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
    checkKey(key);
    const rows = this.#sql(
      "SELECT value FROM weblattice_store WHERE name = ? AND key = ? ORDER BY part",
      this.#name,
      key,
    ).toArray();
    if (rows.length === 0) return undefined;
    return joined(rows.map(({ value }) => new Uint8Array(value as ArrayBuffer)));
  }

  async list(prefix: string): Promise<string[]> {
    checkPrefix(prefix);
    const rows = this.#sql(
      "SELECT key FROM weblattice_store WHERE name = ? AND part = 0 AND key >= ? AND key < ? ORDER BY key",
      this.#name,
      prefix,
      prefix + BEHIND_ALL,
    );
    return rows.toArray().map(({ key }) => String(key));
  }

  async batch(changes: readonly StoreChange[]): Promise<void> {
    for (const { key } of changes) checkKey(key);
    if (changes.length === 0) return;
    told(() =>
      this.#storage.transactionSync(() => {
        for (const { key, value } of changes) this.#change(key, value);
      }),
    );
  }

  #change(key: string, value: Uint8Array | undefined): void {
    this.#sql("DELETE FROM weblattice_store WHERE name = ? AND key = ?", this.#name, key);
    if (value === undefined) return;
    for (let part = 0; part === 0 || part * PART_BYTES < value.length; part++) {
      const bytes = value.slice(part * PART_BYTES, (part + 1) * PART_BYTES);
      this.#sql(
        "INSERT INTO weblattice_store (name, key, part, value) VALUES (?, ?, ?, ?)",
        this.#name,
        key,
        part,
        bytes.buffer as ArrayBuffer,
      );
    }
  }

  #sql(query: string, ...bindings: readonly SqlValue[]): SqlCursor {
    return told(() => this.#storage.sql.exec(query, ...bindings));
  }
}

/** Names failures of the database. */
function told<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof HostError) throw error;
    const reason = messageOf(error);
    if (/SQLITE_FULL|SQLITE_TOOBIG|disk is full|exceeded|too big|quota/i.test(reason)) {
      throw new HostError("storage.quota", `The object's storage has no room for this: ${reason}`, {
        hint: "Delete what is not needed any more, or spread it over several objects.",
        cause: error,
      });
    }
    throw new HostError("storage.failed", `The object's storage failed: ${reason}`, { cause: error });
  }
}
