import { keyValueContract } from "../../contracts/index.ts";
import type { ProviderDescriptor } from "../capability-provider.ts";
import type { Records } from "./records.ts";
import { type KeyValueLimits, RecordsKeyValue, type RecordsLink } from "./records-keyvalue.ts";

/** `wasmcloud:keyvalue` in the store of the host. */
export const STORE_KEYVALUE_PROVIDER: ProviderDescriptor = {
  id: "VCHQ4GV5FV5KPFVVK5S6AHFTL25CUYQ76GRN7YSDRDMGQZ6HLD4DWICS",
  contractId: keyValueContract.id,
  name: "weblattice Key-Value",
  vendor: "weblattice",
  revision: 0,
  version: "0.1.0",
};

/** How a {@link KeyValueProvider} is made. */
export interface KeyValueOptions extends KeyValueLimits {
  /** Where pairs are kept: `StoreRecords` or `BucketRecords`. */
  readonly records: Records;
}

/** `wasmcloud:keyvalue` that outlives the host, one key space for all actors. It needs no link values, nor a link. */
export class KeyValueProvider extends RecordsKeyValue<RecordsLink> {
  readonly #records: Records;

  constructor({ records, ...limits }: KeyValueOptions) {
    super(limits);
    this.#records = records;
  }

  protected override openLink(): RecordsLink {
    return { records: this.#records };
  }

  protected override unlinked(): RecordsLink {
    return { records: this.#records };
  }

  protected override close(): Promise<void> {
    return this.#records.close();
  }
}
