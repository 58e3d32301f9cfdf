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

/**
 * `wasmcloud:keyvalue` in the database of a durable object, kept across evictions. Every change is one transaction. One
 * provider only may use a storage at one time.
 */
export function objectKeyValue(
  storage: ObjectStorage,
  options: Omit<KeyValueOptions, "records"> = {},
): KeyValueProvider {
  const { now = Date.now } = options;
  const records = new StoreRecords({ store: new ObjectStore(storage, "keyvalue"), now });
  return new KeyValueProvider({ ...options, records });
}
