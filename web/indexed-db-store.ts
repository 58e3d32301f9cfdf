import { createStore, get, promisifyRequest, type UseStore } from "idb-keyval";
import { HostError } from "../src/errors/index.ts";
import { checkKey, checkPrefix, type Store, type StoreChange } from "../src/storage/index.ts";
import { told } from "./storage-failures.ts";

/** The first character behind those that keys are made of. */
const BEHIND_ALL = "\u007f";

/** A {@link Store} in IndexedDB: shared by all tabs and workers of the origin, and there after a restart. */
export class IndexedDbStore implements Store {
  readonly #use: UseStore;

  /** @param database - name of the database; every name has its own content. */
  constructor(database = "weblattice") {
    this.#use = createStore(database, "values");
  }

  async get(key: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
    checkKey(key);
    const value = await told(get<unknown>(key, this.#use));
    if (value === undefined || value instanceof Uint8Array)
      return value as Uint8Array<ArrayBuffer> | undefined;
    throw new HostError("storage.failed", `What is stored under ${key} is not bytes`, {
      hint: "Something else writes to this database. Delete the site's data.",
    });
  }

  set(key: string, value: Uint8Array): Promise<void> {
    return this.batch([{ key, value }]);
  }

  delete(key: string): Promise<void> {
    return this.batch([{ key, value: undefined }]);
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
    await told(this.#use("readwrite", (values) => apply(changes, values)));
  }
}

/** Makes the changes in the transaction of an object store; settles when it is through. */
function apply(changes: readonly StoreChange[], values: IDBObjectStore): Promise<void> {
  try {
    for (const { key, value } of changes) {
      if (value === undefined) values.delete(key);
      // A copy of just these bytes: a view would be stored with the whole buffer behind it.
      else values.put(new Uint8Array(value), key);
    }
  } catch (error) {
    // Without this, the changes made so far would be committed.
    values.transaction.abort();
    throw error;
  }
  return promisifyRequest(values.transaction);
}
