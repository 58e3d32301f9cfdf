import { KEYVALUE_CONTRACT } from "../../src/contracts/index.ts";
import {
  type KeyValueOptions,
  KeyValueProvider,
  type ProviderDescriptor,
  StoreRecords,
} from "../../src/providers/index.ts";
import type { ObjectStorage } from "../platform.ts";
import { ObjectStore } from "../storage/object-store.ts";

/** The key-value store in the storage of the host's object. */
export const OBJECT_KEYVALUE_PROVIDER: ProviderDescriptor = {
  id: "VCII3MJMSEVJYTGLIPI2ERRQU5URJVYMI5PP4A33QVTZ7TFPWKPRP2BW",
  contractId: KEYVALUE_CONTRACT,
  name: "weblattice Edge Key-Value",
  vendor: "weblattice",
  revision: 0,
  version: "0.1.0",
};

/** Pairs in the database of a durable object, kept across evictions: every change is one transaction. */
export function objectRecords(storage: ObjectStorage, now: () => number = Date.now): StoreRecords {
  return new StoreRecords({ store: new ObjectStore(storage, "keyvalue"), now });
}

/** `wasmcloud:keyvalue` in the database of a durable object. One provider only may use a storage at one time. */
export function objectKeyValue(
  storage: ObjectStorage,
  options: Omit<KeyValueOptions, "records"> = {},
): KeyValueProvider {
  return new KeyValueProvider({ ...options, records: objectRecords(storage, options.now) });
}
