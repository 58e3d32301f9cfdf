import { HostError } from "../../errors/index.ts";
import type { Store, StoreChange } from "../../storage/index.ts";
import { KeyedQueue } from "../keyed-queue.ts";
import { BlobData } from "./blob-data.ts";
import type { BlobFiles } from "./blob-files.ts";
import { BlobKeys, type UploadKeys } from "./blob-keys.ts";
import type { BlobInfo, BlobReader, BlobStore, UploadName, UploadPlan } from "./blob-store.ts";
import {
  decodeObject,
  decodeUpload,
  encodeRecord,
  freePlace,
  isWhole,
  MAX_PARTS,
  type StoredObject,
  type UploadState,
  withPart,
} from "./upload-state.ts";

/** How {@link StoreBlobs} are made. */
export interface StoreBlobsOptions {
  readonly store: Store;
  /** What the names of all records begin with; at most 64 characters. Default `blobs/`. */
  readonly prefix?: string;
  /** Stores of different roots have no containers in common; default the empty text. */
  readonly root?: string;
  /** Files for the bytes of new objects; called when they are needed. Default, and where it says undefined: the store. */
  readonly files?: () => Promise<BlobFiles | undefined>;
  /** Bytes of the largest object that is kept in the store even where there are files; default 256 KiB. */
  readonly maxStoreBytes?: number;
  /** Runs work while nobody else who shares the store does, as with `StoreRecords`. */
  readonly lock?: <T>(name: string, work: () => Promise<T>) => Promise<T>;
  /** Parts of one object; default and at most 65,536. */
  readonly maxParts?: number;
  /**
   * Uploads that are not finished, of all roots together; one more is refused, unless it is begun at the same moment as
   * others. Default 1,000.
   */
  readonly maxUploads?: number;
  /** Milliseconds without a new part after which an upload is given up; default 24 hours. */
  readonly idleMs?: number;
  /** Milliseconds since the epoch; default `Date.now`. */
  readonly now?: () => number;
}

/** Milliseconds between two looks for what is left over. */
const TIDY_MS = 3_600_000;

/**
 * Objects in a {@link Store}: a record for each object; its bytes in a file, if it is large and there are any, else
 * beside it as they were sent. A part is kept before the batch that tells of it, and the object's record and the end of its upload are one
 * batch: a killed tab leaves a whole object, or an upload that can go on.
 */
export class StoreBlobs implements BlobStore {
  readonly #store: Store;
  readonly #keys: BlobKeys;
  readonly #lock: <T>(name: string, work: () => Promise<T>) => Promise<T>;
  readonly #maxParts: number;
  readonly #maxUploads: number;
  readonly #idleMs: number;
  readonly #now: () => number;
  readonly #data: BlobData;
  #tidiedAt = Number.NEGATIVE_INFINITY;
  readonly #queue = new KeyedQueue(10_000);

  constructor(options: StoreBlobsOptions) {
    this.#store = options.store;
    this.#keys = new BlobKeys(options.prefix ?? "blobs/", options.root ?? "");
    this.#lock = options.lock ?? ((_, work) => work());
    this.#maxUploads = options.maxUploads ?? 1_000;
    this.#maxParts = Math.min(options.maxParts ?? MAX_PARTS, MAX_PARTS);
    this.#idleMs = options.idleMs ?? 24 * 3_600_000;
    this.#now = options.now ?? Date.now;
    this.#data = new BlobData({
      store: options.store,
      prefix: this.#keys.prefix,
      files: options.files ?? (async () => undefined),
      maxStoreBytes: options.maxStoreBytes ?? 256 * 1024,
    });
  }

  async createContainer(container: string): Promise<void> {
    await this.#store.set(await this.#keys.container(container), new TextEncoder().encode(container));
  }

  async removeContainer(container: string): Promise<void> {
    const remove = async (): Promise<void> => {
      if (!(await this.hasContainer(container))) throw noSuchContainer();
      if ((await this.#store.list(await this.#keys.objects(container))).length > 0) {
        throw new HostError("provider.failure", "Directory not empty");
      }
      await this.#store.delete(await this.#keys.container(container));
    };
    // Every object is made in one of these turns.
    const turns = await this.#keys.turns(container);
    await turns.reduceRight((work, turn) => () => this.#inTurn(turn, work), remove)();
  }

  async hasContainer(container: string): Promise<boolean> {
    return (await this.#store.get(await this.#keys.container(container))) !== undefined;
  }

  async list(container: string): Promise<BlobInfo[]> {
    if (!(await this.hasContainer(container))) throw noSuchContainer();
    const keys = await this.#store.list(await this.#keys.objects(container));
    const records = await Promise.all(keys.map((key) => this.#store.get(key)));
    return records
      .filter((record) => record !== undefined)
      .map((record) => infoOf(decodeObject(record)))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  async info(container: string, name: string): Promise<BlobInfo | undefined> {
    const object = await this.#object((await this.#keys.object(container, name)).object);
    return object === undefined ? undefined : infoOf(object);
  }

  async remove(container: string, name: string): Promise<boolean> {
    const keys = await this.#keys.object(container, name);
    return this.#inTurn(keys.turn, async () => {
      const object = await this.#object(keys.object);
      if (object === undefined) return false;
      await this.#data.replace([{ key: keys.object, value: undefined }], object);
      return true;
    });
  }

  async open(container: string, name: string): Promise<BlobReader | undefined> {
    const object = await this.#object((await this.#keys.object(container, name)).object);
    if (object === undefined) return undefined;
    return { bytes: object.bytes, read: (offset, length) => this.#data.read(object, offset, length) };
  }

  async startUpload(plan: UploadPlan): Promise<void> {
    const { name, totalBytes, partBytes, token = "" } = plan;
    this.#tidySoon();
    const keys = await this.#keys.upload(plan);
    await this.#inTurn(keys.turn, async () => {
      const known = await this.#known(keys);
      const former = known.upload;
      const isSame = former?.totalBytes === totalBytes && former.partBytes === partBytes;
      if (isSame && token !== "" && former.token === token) return;
      if (former === undefined) await this.#demandRoom();
      const upload: UploadState = {
        totalBytes,
        partBytes,
        token,
        data: crypto.randomUUID(),
        place: await this.#data.place(totalBytes),
        parts: [],
        turn: keys.turn,
        touched: this.#now(),
      };
      if (totalBytes === 0) return this.#finish(name, keys, upload, [], known);
      const begin = (await this.#data.keeper(upload.place)).begin(upload.data);
      await this.#data.replace([{ key: keys.upload, value: encodeRecord(upload) }, ...begin], former);
    });
  }

  async uploadPart(upload: UploadName, number: number, bytes: Uint8Array): Promise<void> {
    const { name, token = "" } = upload;
    const keys = await this.#keys.upload(upload);
    await this.#inTurn(keys.turn, async () => {
      const { upload: known, object } = await this.#known(keys);
      if (known === undefined) {
        throw new HostError(
          "provider.failure",
          "There is no upload of this object; begin it with StartUpload",
        );
      }
      if (token !== "" && known.token !== "" && token !== known.token) {
        throw new HostError("provider.failure", "Another upload of this object was begun meanwhile");
      }
      const part = { number, bytes: bytes.length, at: freePlace(known.parts, bytes.length) };
      const next: UploadState = { ...withPart(known, part), touched: this.#now() };
      if (next.parts.length > this.#maxParts) {
        throw new HostError("provider.failure", `An object has at most ${this.#maxParts} chunks`);
      }
      const whole = isWhole(next);
      const changes = await (await this.#data.keeper(known.place)).write(known.data, part, bytes);
      if (whole) await this.#finish(name, keys, next, changes, { object });
      else await this.#store.batch([...changes, { key: keys.upload, value: encodeRecord(next) }]);
    });
  }

  /**
   * Removes what nobody can use: uploads without a new part for long, and files of tabs that were killed. It is done
   * every hour as well, while there are uploads.
   */
  async tidy(): Promise<void> {
    this.#tidiedAt = this.#now();
    for (const key of await this.#store.list(this.#keys.uploads)) {
      const found = await this.#idle(key);
      if (found === undefined) continue;
      await this.#inTurn(found.turn || key, async () => {
        const upload = await this.#idle(key);
        if (upload !== undefined) await this.#data.replace([{ key, value: undefined }], upload);
      });
    }
    await this.#data.removeUnknown();
  }

  /** Makes the object of an upload visible, in place of what is known. */
  async #finish(
    name: string,
    keys: UploadKeys,
    { data, parts, place, totalBytes }: UploadState,
    changes: readonly StoreChange[],
    known: Known,
  ): Promise<void> {
    const object: StoredObject = { name, bytes: totalBytes, data, place, parts };
    const made = [
      ...changes,
      { key: keys.object, value: encodeRecord(object) },
      { key: keys.upload, value: undefined },
    ];
    await this.#data.replace(made, known.object && decodeObject(known.object), known.upload);
  }

  /** The upload of a key, if it is one that nobody goes on with. */
  async #idle(key: string): Promise<UploadState | undefined> {
    // One that cannot be read is of another version, and not for this one to judge.
    const upload = await this.#upload(key).catch(() => undefined);
    return upload !== undefined && upload.touched + this.#idleMs < this.#now() ? upload : undefined;
  }

  #tidySoon(): void {
    if (this.#now() < this.#tidiedAt + TIDY_MS) return;
    // What cannot be removed now is found again at the next look; nobody depends on it.
    void this.tidy().catch(() => undefined);
  }

  /** @throws HostError `provider.failure` if there is no such container. */
  async #known({ container, object, upload }: UploadKeys): Promise<Known> {
    const [inContainer, inObject, inUpload] = await Promise.all(
      [container, object, upload].map((key) => this.#store.get(key)),
    );
    if (inContainer === undefined) throw noSuchContainer();
    return { object: inObject, upload: inUpload && decodeUpload(inUpload) };
  }

  async #demandRoom(): Promise<void> {
    if ((await this.#store.list(this.#keys.uploads)).length < this.#maxUploads) return;
    throw new HostError("storage.quota", `${this.#maxUploads} uploads are not finished`);
  }

  async #object(key: string): Promise<StoredObject | undefined> {
    const bytes = await this.#store.get(key);
    return bytes === undefined ? undefined : decodeObject(bytes);
  }

  async #upload(key: string): Promise<UploadState | undefined> {
    const bytes = await this.#store.get(key);
    return bytes === undefined ? undefined : decodeUpload(bytes);
  }

  #inTurn<T>(name: string, work: () => Promise<T>): Promise<T> {
    return this.#queue.run([name], () => this.#lock(name, work));
  }
}

/** What is there of an object: its record, not yet decoded, and its upload. */
interface Known {
  readonly object: Uint8Array | undefined;
  readonly upload?: UploadState | undefined;
}

function noSuchContainer(): HostError {
  return new HostError("provider.failure", "No such container", { hint: "Create it with CreateContainer." });
}

function infoOf({ name, bytes }: StoredObject): BlobInfo {
  return { name, bytes };
}
