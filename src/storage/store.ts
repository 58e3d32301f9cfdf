import { HostError } from "../errors/index.ts";

/** The longest key, in characters. */
export const MAX_KEY_LENGTH = 512;

/** One change of a batch. */
export interface StoreChange {
  readonly key: string;
  /** The new value; undefined deletes the key. */
  readonly value: Uint8Array | undefined;
}

/**
 * The port for what a host keeps: bytes under keys. DESIGN section 4. Keys are 1 to {@link MAX_KEY_LENGTH} printable
 * ASCII characters, spaces included, so that every store orders them alike; encode anything else.
 *
 * Every method rejects with HostError `input.invalid` for a bad key, `storage.quota` where there is no room for a
 * value, and `storage.failed` for anything else that goes wrong.
 */
export interface Store {
  /** The value of a key, the caller's own copy; undefined where there is none. */
  get(key: string): Promise<Uint8Array<ArrayBuffer> | undefined>;
  /** Keeps a copy of a value, in place of the one before. */
  set(key: string, value: Uint8Array): Promise<void>;
  /** Forgets a key. One that is not there is fine. */
  delete(key: string): Promise<void>;
  /** All keys that begin with a prefix, in the order of their characters' codes. The empty prefix: all keys. */
  list(prefix: string): Promise<string[]>;
  /** Makes all changes, in this order, or none of them. Nobody sees a part of them. */
  batch(changes: readonly StoreChange[]): Promise<void>;
}

/**
 * Checks a key, for implementations of {@link Store}.
 *
 * @throws HostError `input.invalid`
 */
export function checkKey(key: string): void {
  if (key.length === 0) throw new HostError("input.invalid", "A store's key must not be empty");
  checkPrefix(key);
}

/** Checks what begins a key; may be empty. */
export function checkPrefix(prefix: string): void {
  if (prefix.length > MAX_KEY_LENGTH) {
    throw new HostError(
      "input.invalid",
      `A store's key has at most ${MAX_KEY_LENGTH} characters, not ${prefix.length}`,
    );
  }
  if (!/^[ -~]*$/.test(prefix)) {
    throw new HostError(
      "input.invalid",
      `A store's key has printable ASCII characters only: ${JSON.stringify(prefix)}`,
    );
  }
}
