import { messageOf } from "../errors/index.ts";
import type { Store, StoreChange } from "../storage/index.ts";
import type { Logger } from "../telemetry/index.ts";
import { digestOf } from "./digest.ts";

/** What a {@link BlobCache} is made with. */
export interface BlobCacheOptions {
  readonly store: Store;
  /** Bytes of all blobs together; beyond that, those go that were not used for the longest time. */
  readonly maxBytes: number;
  /** Told when the store fails: everything is fetched again then. */
  readonly log: Logger | undefined;
}

const BLOBS = "oci/blob/";
const USES = "oci/use/";
const USE = /^oci\/use\/([0-9a-f]{64})\/(\d{1,15})\/(\d{1,15})$/;
const EMPTY = new Uint8Array();

interface Use {
  readonly key: string;
  readonly hash: string;
  readonly bytes: number;
  /** Milliseconds since 1970. */
  readonly time: number;
}

/**
 * Keeps blobs and manifests under their digests, in a store that others may share: other tabs of a page do. Size and
 * time of the last use are in the name of a second, empty entry, so that one look at the names tells what may go.
 */
export class BlobCache {
  readonly #options: BlobCacheOptions;
  #writing: Promise<void> = Promise.resolve();

  constructor(options: BlobCacheOptions) {
    this.#options = options;
  }

  /** The bytes of a digest; undefined where they are not kept, or are not those of the digest any more. */
  async get(digest: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const { store, log } = this.#options;
    const hash = hashOf(digest);
    try {
      const bytes = await store.get(`${BLOBS}${hash}`);
      if (bytes === undefined) return undefined;
      if ((await digestOf(bytes)) === digest) {
        await this.#inTurn(() => this.#used(hash, bytes.length));
        return bytes;
      }
      log?.warn("A stored image is damaged and is fetched again", { digest });
      await store.delete(`${BLOBS}${hash}`);
    } catch (error) {
      this.#failed("read", digest, error);
    }
    return undefined;
  }

  /** Keeps bytes that are those of the digest. Never fails: what cannot be kept is fetched again some day. */
  async put(digest: string, bytes: Uint8Array): Promise<void> {
    if (bytes.length > this.#options.maxBytes) return;
    try {
      await this.#inTurn(() => this.#keep(hashOf(digest), bytes));
    } catch (error) {
      this.#failed("kept", digest, error);
    }
  }

  async #keep(hash: string, bytes: Uint8Array): Promise<void> {
    const { store, maxBytes } = this.#options;
    const uses = await this.#uses();
    const changes: StoreChange[] = (await store.list(BLOBS))
      .filter((key) => !uses.some((use) => key === `${BLOBS}${use.hash}`))
      .map((key) => ({ key, value: undefined }));
    const others = uses.filter((use) => use.hash !== hash);
    let total = others.reduce((sum, use) => sum + use.bytes, bytes.length);
    for (const use of uses) {
      if (use.hash === hash) changes.push({ key: use.key, value: undefined });
      else if (total > maxBytes || use.hash === "") {
        total -= use.bytes;
        changes.push({ key: use.key, value: undefined }, { key: `${BLOBS}${use.hash}`, value: undefined });
      }
    }
    changes.push({ key: `${BLOBS}${hash}`, value: bytes });
    changes.push({ key: useKey(hash, bytes.length), value: EMPTY });
    await store.batch(changes);
  }

  async #used(hash: string, bytes: number): Promise<void> {
    const { store } = this.#options;
    const older = await store.list(`${USES}${hash}/`);
    const changes: StoreChange[] = older.map((key) => ({ key, value: undefined }));
    await store.batch([...changes, { key: useKey(hash, bytes), value: EMPTY }]);
  }

  /** The uses of all blobs, the oldest first. */
  async #uses(): Promise<readonly Use[]> {
    const uses: Use[] = [];
    for (const key of await this.#options.store.list(USES)) {
      const [, hash = "", bytes, time] = USE.exec(key) ?? [];
      uses.push({ key, hash, bytes: Number(bytes ?? 0), time: Number(time ?? 0) });
    }
    return uses.sort((one, other) => one.time - other.time);
  }

  /** One change after the other, so that none counts without the one before. */
  #inTurn(change: () => Promise<void>): Promise<void> {
    const done = this.#writing.then(change);
    this.#writing = done.catch(() => {}); // told to who asked for it
    return done;
  }

  #failed(done: "read" | "kept", digest: string, error: unknown): void {
    this.#options.log?.warn(`An image could not be ${done}; this costs time only`, {
      digest,
      reason: messageOf(error),
    });
  }
}

function hashOf(digest: string): string {
  return digest.slice(digest.indexOf(":") + 1);
}

function useKey(hash: string, bytes: number): string {
  return `${USES}${hash}/${bytes}/${Date.now()}`;
}
