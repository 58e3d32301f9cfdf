import { HostError } from "../../errors/index.ts";
import type { Store } from "../../storage/index.ts";
import { KeyedQueue } from "../keyed-queue.ts";
import type { GrantLimits } from "./grant-limits.ts";

const ROOT = "provider/";
/** Characters of a key as it is stored: what a store's keys may have, less what they begin with. */
const MAX_NAME_LENGTH = 400;
const MAX_WAITING = 1_024;

/**
 * What one provider keeps in the host's store: bytes under texts, where no other provider reads or writes. Several hosts
 * that share a store each count what they have seen: together they may keep more than the limits say.
 */
export class ProviderStorage {
  readonly #store: Store;
  readonly #prefix: string;
  readonly #limits: GrantLimits;
  readonly #queue = new KeyedQueue(MAX_WAITING);
  #sizes: Map<string, number> | undefined;

  /** @param provider - the `V…` key, by which it finds its data again. */
  constructor(store: Store, provider: string, limits: GrantLimits) {
    this.#store = store;
    this.#prefix = `${ROOT}${provider}/`;
    this.#limits = limits;
  }

  /** @throws HostError `input.invalid` for a key that is too long or no text, `provider.overloaded`, `storage.failed`. */
  async get(key: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const name = this.#name(key);
    return this.#queue.run([], () => this.#store.get(name));
  }

  /** @throws HostError as {@link get}, `input.too_large`, and `storage.quota` over the provider's own limits too. */
  async set(key: string, value: Uint8Array): Promise<void> {
    const name = this.#name(key);
    const { maxValueBytes } = this.#limits;
    if (value.length > maxValueBytes) {
      throw new HostError(
        "input.too_large",
        `A value has at most ${maxValueBytes} bytes, not ${value.length}`,
      );
    }
    await this.#queue.run([this.#prefix], async () => {
      const sizes = await this.#measured();
      this.#checkRoom(sizes, name, value.length);
      await this.#store.set(name, value);
      sizes.set(name, value.length);
    });
  }

  /** @throws HostError as {@link get}. */
  async delete(key: string): Promise<void> {
    const name = this.#name(key);
    await this.#queue.run([this.#prefix], async () => {
      await this.#store.delete(name);
      this.#sizes?.delete(name);
    });
  }

  /** The keys that begin so, in the order in which they are stored. @throws HostError as {@link get}. */
  async list(prefix: string): Promise<string[]> {
    const beginning = this.#prefix + encoded(prefix);
    if (beginning.length > this.#prefix.length + MAX_NAME_LENGTH) return [];
    const names = await this.#queue.run([], () => this.#store.list(beginning));
    return names.map((name) => decodeURIComponent(name.slice(this.#prefix.length)));
  }

  #name(key: string): string {
    const name = encoded(key);
    if (name.length === 0 || name.length > MAX_NAME_LENGTH) {
      throw new HostError("input.invalid", `A key has 1 to ${MAX_NAME_LENGTH} characters as it is stored`, {
        hint: "All but letters, digits and a few signs are stored as three characters a byte.",
      });
    }
    return this.#prefix + name;
  }

  async #measured(): Promise<Map<string, number>> {
    if (this.#sizes !== undefined) return this.#sizes;
    const sizes = new Map<string, number>();
    for (const name of await this.#store.list(this.#prefix)) {
      sizes.set(name, (await this.#store.get(name))?.length ?? 0);
    }
    this.#sizes = sizes;
    return sizes;
  }

  #checkRoom(sizes: ReadonlyMap<string, number>, name: string, bytes: number): void {
    const { maxKeys, maxStorageBytes } = this.#limits;
    const total = [...sizes.values()].reduce((sum, size) => sum + size, 0) - (sizes.get(name) ?? 0) + bytes;
    if (total > maxStorageBytes) {
      throw new HostError("storage.quota", `A provider keeps at most ${maxStorageBytes} bytes`);
    }
    if (!sizes.has(name) && sizes.size >= maxKeys) {
      throw new HostError("storage.quota", `A provider keeps at most ${maxKeys} values`);
    }
  }
}

/** Any text in the characters of a store's keys, without `/`; the beginning of a text is the beginning of what it becomes. */
function encoded(text: string): string {
  try {
    return encodeURIComponent(text);
  } catch (cause) {
    throw new HostError("input.invalid", "A key must be a text without halves of characters", { cause });
  }
}
