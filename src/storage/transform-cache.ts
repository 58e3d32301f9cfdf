import { messageOf } from "../errors/index.ts";
import type { Logger } from "../telemetry/index.ts";
import type { Store } from "./store.ts";

const DIGEST_BYTES = 32;
const encoder = new TextEncoder();

/** What a {@link TransformCache} is made with. */
export interface TransformCacheOptions {
  readonly store: Store;
  /** Told when the store fails: the work is done without it then. */
  readonly log: Logger;
  /** What is done to the input, such as `asyncify`. One word. */
  readonly name: string;
  /** Changes whenever the same input gives another output. What other versions made is forgotten. */
  readonly version: string;
  /** Results kept; beyond that, any may go. Default: 64. */
  readonly maxEntries?: number;
}

/**
 * Keeps the results of a transformation that takes long, under the hash of its input. What comes back from the store
 * is checked against a digest of its own, and made again where it differs: that finds damage, not malice. Whoever can
 * write to the store can run code in this origin anyway.
 */
export class TransformCache {
  readonly #options: TransformCacheOptions;
  readonly #prefix: string;
  readonly #running = new Map<string, Promise<Uint8Array<ArrayBuffer>>>();

  constructor(options: TransformCacheOptions) {
    this.#options = options;
    this.#prefix = `transform/${options.name}/`;
  }

  /**
   * The output for an input: from the store, or made now and kept. Who asks while it is made gets the same one, so
   * nobody may change it. A failure of `make` is everybody's, and is not kept.
   */
  async get(
    input: Uint8Array,
    make: (input: Uint8Array) => Promise<Uint8Array>,
  ): Promise<Uint8Array<ArrayBuffer>> {
    const key = `${this.#prefix}${this.#options.version}/${hex(await sha256(input))}`;
    const running = this.#running.get(key);
    if (running !== undefined) return running;
    const work = this.#readOrMake(key, input, make).finally(() => this.#running.delete(key));
    this.#running.set(key, work);
    return work;
  }

  async #readOrMake(
    key: string,
    input: Uint8Array,
    make: (input: Uint8Array) => Promise<Uint8Array>,
  ): Promise<Uint8Array<ArrayBuffer>> {
    const known = await this.#read(key);
    if (known !== undefined) return known;
    const output = new Uint8Array(await make(input));
    await this.#write(key, output);
    return output;
  }

  async #read(key: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
    try {
      const stored = await this.#options.store.get(key);
      if (stored === undefined) return undefined;
      const output = stored.slice(DIGEST_BYTES);
      const expected = await digest(key, output);
      if (expected.every((byte, index) => byte === stored[index])) return output;
      this.#options.log.warn("A stored module is damaged and is made again", { key });
    } catch (error) {
      this.#failed("read", key, error);
    }
    return undefined;
  }

  async #write(key: string, output: Uint8Array): Promise<void> {
    try {
      const stored = new Uint8Array(DIGEST_BYTES + output.length);
      stored.set(await digest(key, output));
      stored.set(output, DIGEST_BYTES);
      const superfluous = await this.#superfluous(key);
      const deletions = superfluous.map((old) => ({ key: old, value: undefined }));
      await this.#options.store.batch([...deletions, { key, value: stored }]);
    } catch (error) {
      this.#failed("kept", key, error);
    }
  }

  /** Keys of other versions, and of this one as many as are too many with the new one. */
  async #superfluous(added: string): Promise<string[]> {
    const { store, version, maxEntries = 64 } = this.#options;
    const keys = (await store.list(this.#prefix)).filter((key) => key !== added);
    const current = keys.filter((key) => key.startsWith(`${this.#prefix}${version}/`));
    const others = keys.filter((key) => !key.startsWith(`${this.#prefix}${version}/`));
    return [...others, ...current.slice(0, Math.max(0, current.length + 1 - maxEntries))];
  }

  #failed(done: "read" | "kept", key: string, error: unknown): void {
    this.#options.log.warn(`A transformed module could not be ${done}; this costs time only`, {
      key,
      reason: messageOf(error),
    });
  }
}

/** Covers the key, so that one entry cannot pass for another. */
function digest(key: string, output: Uint8Array): Promise<Uint8Array> {
  const name = encoder.encode(key);
  const all = new Uint8Array(name.length + output.length);
  all.set(name);
  all.set(output, name.length);
  return sha256(all);
}

async function sha256(bytes: Uint8Array): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes as Uint8Array<ArrayBuffer>));
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
