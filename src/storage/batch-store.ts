import type { Store, StoreChange } from "./store.ts";

/** Sorts behind all characters of keys. */
export const BEHIND_ALL = "\u007f";

/** A {@link Store} that makes every change as a batch. */
export abstract class BatchStore implements Store {
  abstract get(key: string): Promise<Uint8Array<ArrayBuffer> | undefined>;
  abstract list(prefix: string): Promise<string[]>;
  abstract batch(changes: readonly StoreChange[]): Promise<void>;

  set(key: string, value: Uint8Array): Promise<void> {
    return this.batch([{ key, value }]);
  }

  delete(key: string): Promise<void> {
    return this.batch([{ key, value: undefined }]);
  }
}
