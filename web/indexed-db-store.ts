import { createStore, promisifyRequest, type UseStore } from "idb-keyval";
import { HostError } from "../src/errors/index.ts";
import { BatchStore, BEHIND_ALL, checkKey, checkPrefix, type StoreChange } from "../src/storage/index.ts";
import { Gathering } from "./gathering.ts";
import { told } from "./storage-failures.ts";

/** A store in IndexedDB: shared by all tabs and workers of the origin, and there after a restart. */
export class IndexedDbStore extends BatchStore {
  readonly #use: UseStore;
  readonly #reads: Gathering<string, unknown>;
  readonly #writes: Gathering<readonly StoreChange[], undefined>;

  /** @param database - name of the database; every name has its own content. */
  constructor(database = "weblattice") {
    super();
    const use = createStore(database, "values");
    this.#use = use;
    this.#reads = new Gathering((keys) => use("readonly", (values) => valuesOf(keys, values)));
    this.#writes = new Gathering((batches) => use("readwrite", (values) => apply(batches, values)));
  }

  async get(key: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
    checkKey(key);
    const value = await told(this.#reads.add(key));
    if (value === undefined || value instanceof Uint8Array)
      return value as Uint8Array<ArrayBuffer> | undefined;
    throw new HostError("storage.failed", `What is stored under ${key} is not bytes`, {
      hint: "Something else writes to this database. Delete the site's data.",
    });
  }

  async list(prefix: string): Promise<string[]> {
    checkPrefix(prefix);
    const range = IDBKeyRange.bound(prefix, prefix + BEHIND_ALL);
    return told(this.#use("readonly", (values) => promisifyRequest(values.getAllKeys(range)))) as Promise<
      string[]
    >;
  }

  async batch(changes: readonly StoreChange[]): Promise<void> {
    for (const { key } of changes) checkKey(key);
    if (changes.length === 0) return;
    // Copies of just these bytes, as they are now: a view would be stored with the whole buffer behind it.
    const copies = changes.map(({ key, value }) => ({ key, value: value && new Uint8Array(value) }));
    await told(this.#writes.add(copies));
  }
}

function valuesOf(keys: readonly string[], values: IDBObjectStore): Promise<unknown[]> {
  return Promise.all(keys.map((key) => promisifyRequest(values.get(key))));
}

/** Makes the changes in the transaction of an object store; settles when it is through. */
async function apply(
  batches: readonly (readonly StoreChange[])[],
  values: IDBObjectStore,
): Promise<undefined[]> {
  try {
    for (const { key, value } of batches.flat()) {
      if (value === undefined) values.delete(key);
      else values.put(value, key);
    }
  } catch (error) {
    // Without this, the changes made so far would be committed.
    values.transaction.abort();
    throw error;
  }
  await promisifyRequest(values.transaction);
  return batches.map(() => undefined);
}
