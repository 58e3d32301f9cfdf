import { HostError } from "../../errors/index.ts";
import type { Store, StoreChange } from "../../storage/index.ts";
import { KeyedQueue } from "../keyed-queue.ts";
import type { BlobFiles } from "./blob-files.ts";
import { BlobKeys } from "./blob-keys.ts";
import type { BlobInfo, BlobReader, BlobStore, UploadName, UploadPlan } from "./blob-store.ts";
import { FileParts } from "./file-parts.ts";
import { type PartKeeper, piecesOf } from "./part-keeper.ts";
import { StoreParts } from "./store-parts.ts";
import {
  type DataPlace,
  decodeObject,
  decodeUpload,
  encodeRecord,
  isWhole,
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
  /** Runs work while nobody else who shares the store does, as with `StoreRecords`. */
  readonly lock?: <T>(name: string, work: () => Promise<T>) => Promise<T>;
  /** Parts of one object; default 65,536. */
  readonly maxParts?: number;
  /** Uploads that are not finished, of all roots together; one more is refused. Default 1,000. */
  readonly maxUploads?: number;
  /** Milliseconds without a new part after which an upload is given up; default 24 hours. */
  readonly idleMs?: number;
  /** Milliseconds since the epoch; default `Date.now`. */
  readonly now?: () => number;
}

/** Milliseconds between two looks for what is left over. */
const TIDY_MS = 3_600_000;

/**
 * Objects in a {@link Store}: a record for each object; its bytes in files, if there are any, else beside it as they
 * were sent. A part is kept before the batch that tells of it, and the object's record and the end of its upload are one
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
  readonly #files: () => Promise<BlobFiles | undefined>;
  #tidiedAt = Number.NEGATIVE_INFINITY;
  readonly #queue = new KeyedQueue(10_000);

  constructor(options: StoreBlobsOptions) {
    this.#store = options.store;
    this.#keys = new BlobKeys(options.prefix ?? "blobs/", options.root ?? "");
    this.#lock = options.lock ?? ((_, work) => work());
    this.#maxUploads = options.maxUploads ?? 1_000;
    this.#maxParts = options.maxParts ?? 65_536;
    this.#idleMs = options.idleMs ?? 24 * 3_600_000;
    this.#now = options.now ?? Date.now;
    this.#files = options.files ?? (async () => undefined);
  }

  async createContainer(container: string): Promise<void> {
    await this.#store.set(await this.#keys.container(container), new TextEncoder().encode(container));
  }

  async removeContainer(container: string): Promise<void> {
    await this.#exclusively(container, async () => {
      await this.#demandContainer(container);
      if ((await this.#store.list(await this.#keys.object(container))).length > 0) {
        throw new HostError("provider.failure", "Directory not empty");
      }
      await this.#store.delete(await this.#keys.container(container));
    });
  }

  async hasContainer(container: string): Promise<boolean> {
    return (await this.#store.get(await this.#keys.container(container))) !== undefined;
  }

  async list(container: string): Promise<BlobInfo[]> {
    await this.#demandContainer(container);
    const keys = await this.#store.list(await this.#keys.object(container));
    const records = await Promise.all(keys.map((key) => this.#store.get(key)));
    return records
      .filter((record) => record !== undefined)
      .map((record) => infoOf(decodeObject(record)))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  async info(container: string, name: string): Promise<BlobInfo | undefined> {
    const object = await this.#object(container, name);
    return object === undefined ? undefined : infoOf(object);
  }

  remove(container: string, name: string): Promise<boolean> {
    return this.#exclusively(container, async () => {
      const object = await this.#object(container, name);
      if (object === undefined) return false;
      const key = await this.#keys.object(container, name);
      await this.#replace([{ key, value: undefined }], object);
      return true;
    });
  }

  async open(container: string, name: string): Promise<BlobReader | undefined> {
    const object = await this.#object(container, name);
    if (object === undefined) return undefined;
    return { bytes: object.bytes, read: (offset, length) => this.#read(object, offset, length) };
  }

  async startUpload(plan: UploadPlan): Promise<void> {
    const { container, name, totalBytes, partBytes, token = "" } = plan;
    this.#tidySoon();
    await this.#exclusively(container, async () => {
      await this.#demandContainer(container);
      const key = await this.#keys.upload(plan);
      const former = await this.#upload(key);
      const isSame = former?.totalBytes === totalBytes && former.partBytes === partBytes;
      if (isSame && token !== "" && former.token === token) return;
      if (former === undefined) await this.#demandRoom();
      const upload: UploadState = {
        totalBytes,
        partBytes,
        token,
        data: crypto.randomUUID(),
        place: totalBytes > 0 && (await this.#files()) !== undefined ? "file" : "store",
        parts: [],
        container: await this.#keys.container(container),
        touched: this.#now(),
      };
      if (totalBytes === 0) return this.#finish(container, name, key, upload, [], former);
      const begin = (await this.#keeper(upload.place)).begin(upload.data);
      await this.#replace([{ key, value: encodeRecord(upload) }, ...begin], former);
    });
  }

  uploadPart(upload: UploadName, number: number, bytes: Uint8Array): Promise<void> {
    const { container, name, token = "" } = upload;
    return this.#exclusively(container, async () => {
      const key = await this.#keys.upload(upload);
      const known = await this.#upload(key);
      if (known === undefined) {
        throw new HostError(
          "provider.failure",
          "There is no upload of this object; begin it with StartUpload",
        );
      }
      if (token !== "" && known.token !== "" && token !== known.token) {
        throw new HostError("provider.failure", "Another upload of this object was begun meanwhile");
      }
      const keeper = await this.#keeper(known.place);
      const part = { number, bytes: bytes.length, at: keeper.place(known.parts, bytes.length) };
      const next: UploadState = { ...withPart(known, part), touched: this.#now() };
      if (next.parts.length > this.#maxParts) {
        throw new HostError("provider.failure", `An object has at most ${this.#maxParts} chunks`);
      }
      const whole = isWhole(next);
      const changes = await keeper.write(known.data, part, bytes);
      if (whole) await this.#finish(container, name, key, next, changes);
      else await this.#store.batch([...changes, { key, value: encodeRecord(next) }]);
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
      await this.#alone(found.container || key, async () => {
        const upload = await this.#idle(key);
        if (upload !== undefined) await this.#replace([{ key, value: undefined }], upload);
      });
    }
    await new FileParts(await this.#files(), this.#keys.prefix).removeUnknown(this.#store);
  }

  /** Makes the object of an upload visible, in place of the former one. */
  async #finish(
    container: string,
    name: string,
    uploadKey: string,
    { data, parts, place, totalBytes }: UploadState,
    changes: readonly StoreChange[],
    formerUpload?: UploadState,
  ): Promise<void> {
    await this.#demandContainer(container);
    const former = await this.#object(container, name);
    const object: StoredObject = { name, bytes: totalBytes, data, place, parts };
    const made = [
      ...changes,
      { key: await this.#keys.object(container, name), value: encodeRecord(object) },
      { key: uploadKey, value: undefined },
    ];
    await this.#replace(made, former, formerUpload);
  }

  /** Makes some changes together with the end of what was there before them. */
  async #replace(
    changes: readonly StoreChange[],
    ...formers: readonly (StoredObject | UploadState | undefined)[]
  ): Promise<void> {
    const gone = await Promise.all(
      formers
        .filter((former) => former !== undefined)
        .map(async ({ data, parts, place }) => ({ data, parts, keeper: await this.#keeper(place) })),
    );
    const ends = gone.flatMap(({ data, parts, keeper }) => keeper.forget(data, parts));
    await this.#store.batch([...ends, ...changes]);
    await Promise.all(gone.map(({ data, keeper }) => keeper.release(data)));
  }

  async #read(object: StoredObject, offset: number, length: number): Promise<Uint8Array> {
    const wanted = new Uint8Array(Math.max(0, Math.min(length, object.bytes - offset)));
    const keeper = await this.#keeper(object.place);
    if (await keeper.read(wanted, object.data, piecesOf(object, offset, wanted.length))) return wanted;
    throw new HostError("storage.failed", "The object was replaced or removed while it was read");
  }

  async #keeper(place: DataPlace): Promise<PartKeeper> {
    if (place === "store") return new StoreParts(this.#store, this.#keys.prefix);
    return new FileParts(await this.#files(), this.#keys.prefix);
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

  async #demandContainer(container: string): Promise<void> {
    if (await this.hasContainer(container)) return;
    throw new HostError("provider.failure", "No such container", { hint: "Create it with CreateContainer." });
  }

  async #demandRoom(): Promise<void> {
    if ((await this.#store.list(this.#keys.uploads)).length < this.#maxUploads) return;
    throw new HostError("storage.quota", `${this.#maxUploads} uploads are not finished`);
  }

  async #object(container: string, name: string): Promise<StoredObject | undefined> {
    const bytes = await this.#store.get(await this.#keys.object(container, name));
    return bytes === undefined ? undefined : decodeObject(bytes);
  }

  async #upload(key: string): Promise<UploadState | undefined> {
    const bytes = await this.#store.get(key);
    return bytes === undefined ? undefined : decodeUpload(bytes);
  }

  async #exclusively<T>(container: string, work: () => Promise<T>): Promise<T> {
    return this.#alone(await this.#keys.container(container), work);
  }

  #alone<T>(name: string, work: () => Promise<T>): Promise<T> {
    return this.#queue.run([name], () => this.#lock(name, work));
  }
}

function infoOf({ name, bytes }: StoredObject): BlobInfo {
  return { name, bytes };
}
