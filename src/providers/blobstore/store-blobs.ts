import { HostError } from "../../errors/index.ts";
import type { Store, StoreChange } from "../../storage/index.ts";
import { digestName } from "../encoded-name.ts";
import { KeyedQueue } from "../keyed-queue.ts";
import type { BlobInfo, BlobReader, BlobStore, UploadName, UploadPlan } from "./blob-store.ts";
import {
  decodeObject,
  decodeUpload,
  encodeRecord,
  isWhole,
  type Parts,
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
  /** Runs work while nobody else who shares the store does, as with `StoreRecords`. */
  readonly lock?: <T>(name: string, work: () => Promise<T>) => Promise<T>;
  /** Parts of one object; default 65,536. */
  readonly maxParts?: number;
  /** Uploads that are not finished, of all roots together; one more is refused. Default 1,000. */
  readonly maxUploads?: number;
}

/**
 * Objects in a {@link Store}: a record for each object, and its parts as they were sent. A part and the note that it is
 * there are one batch, and so are the object's record and the end of its upload: a killed tab leaves a whole object, or
 * an upload that can go on.
 */
export class StoreBlobs implements BlobStore {
  readonly #store: Store;
  readonly #prefix: string;
  readonly #lock: <T>(name: string, work: () => Promise<T>) => Promise<T>;
  readonly #root: string;
  readonly #maxParts: number;
  readonly #maxUploads: number;
  readonly #queue = new KeyedQueue(10_000);

  constructor(options: StoreBlobsOptions) {
    this.#store = options.store;
    this.#prefix = options.prefix ?? "blobs/";
    if (this.#prefix.length > 64) {
      throw new HostError("input.invalid", "The prefix of a blob store has at most 64 characters");
    }
    this.#lock = options.lock ?? ((_, work) => work());
    this.#root = options.root ?? "";
    this.#maxUploads = options.maxUploads ?? 1_000;
    this.#maxParts = options.maxParts ?? 65_536;
  }

  async createContainer(container: string): Promise<void> {
    await this.#store.set(await this.#containerKey(container), new TextEncoder().encode(container));
  }

  async removeContainer(container: string): Promise<void> {
    await this.#exclusively(container, async () => {
      await this.#demandContainer(container);
      if ((await this.#store.list(await this.#objectKey(container))).length > 0) {
        throw new HostError("provider.failure", "Directory not empty");
      }
      await this.#store.delete(await this.#containerKey(container));
    });
  }

  async hasContainer(container: string): Promise<boolean> {
    return (await this.#store.get(await this.#containerKey(container))) !== undefined;
  }

  async list(container: string): Promise<BlobInfo[]> {
    await this.#demandContainer(container);
    const keys = await this.#store.list(await this.#objectKey(container));
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
      const key = await this.#objectKey(container, name);
      await this.#store.batch([{ key, value: undefined }, ...this.#removal(object)]);
      return true;
    });
  }

  async open(container: string, name: string): Promise<BlobReader | undefined> {
    const object = await this.#object(container, name);
    if (object === undefined) return undefined;
    return { bytes: object.bytes, read: (offset, length) => this.#read(object, offset, length) };
  }

  startUpload(plan: UploadPlan): Promise<void> {
    const { container, name, totalBytes, partBytes, token = "" } = plan;
    return this.#exclusively(container, async () => {
      await this.#demandContainer(container);
      const key = await this.#uploadKey(plan);
      const former = await this.#upload(key);
      const isSame = former?.totalBytes === totalBytes && former.partBytes === partBytes;
      if (isSame && token !== "" && former.token === token) return;
      const upload: UploadState = { totalBytes, partBytes, token, data: crypto.randomUUID(), parts: [] };
      const rest = former === undefined ? [] : this.#removal(former);
      if (former === undefined) await this.#demandRoom();
      if (totalBytes === 0) await this.#finish(container, name, key, upload, rest);
      else await this.#store.batch([...rest, { key, value: encodeRecord(upload) }]);
    });
  }

  uploadPart(upload: UploadName, number: number, bytes: Uint8Array): Promise<void> {
    const { container, name } = upload;
    return this.#exclusively(container, async () => {
      const key = await this.#uploadKey(upload);
      const known = await this.#upload(key);
      if (known === undefined) {
        throw new HostError(
          "provider.failure",
          "There is no upload of this object; begin it with StartUpload",
        );
      }
      const next = withPart(known, number, bytes.length);
      if (next.parts.length > this.#maxParts) {
        throw new HostError("provider.failure", `An object has at most ${this.#maxParts} chunks`);
      }
      const part: StoreChange = { key: this.#partKey(next.data, number), value: bytes };
      if (isWhole(next)) await this.#finish(container, name, key, next, [part]);
      else await this.#store.batch([part, { key, value: encodeRecord(next) }]);
    });
  }

  /** Makes the object of an upload visible, in place of the former one. */
  async #finish(
    container: string,
    name: string,
    uploadKey: string,
    { data, parts, totalBytes }: UploadState,
    changes: readonly StoreChange[],
  ): Promise<void> {
    await this.#demandContainer(container);
    const former = await this.#object(container, name);
    const object: StoredObject = { name, bytes: totalBytes, data, parts };
    await this.#store.batch([
      ...changes,
      { key: await this.#objectKey(container, name), value: encodeRecord(object) },
      { key: uploadKey, value: undefined },
      ...(former === undefined ? [] : this.#removal(former)),
    ]);
  }

  async #read(object: StoredObject, offset: number, length: number): Promise<Uint8Array> {
    const wanted = new Uint8Array(Math.max(0, Math.min(length, object.bytes - offset)));
    let start = 0;
    for (const { number, bytes } of object.parts) {
      const end = start + bytes;
      if (start < offset + wanted.length && end > offset) {
        const part = await this.#store.get(this.#partKey(object.data, number));
        if (part?.length !== bytes) {
          throw new HostError("storage.failed", "The object was replaced or removed while it was read");
        }
        const from = Math.max(0, offset - start);
        const until = Math.min(bytes, offset + wanted.length - start);
        wanted.set(part.subarray(from, until), start + from - offset);
      }
      start = end;
    }
    return wanted;
  }

  #removal({ data, parts }: { readonly data: string; readonly parts: Parts }): StoreChange[] {
    return parts.map(({ number }) => ({ key: this.#partKey(data, number), value: undefined }));
  }

  async #demandContainer(container: string): Promise<void> {
    if (await this.hasContainer(container)) return;
    throw new HostError("provider.failure", "No such container", { hint: "Create it with CreateContainer." });
  }

  async #demandRoom(): Promise<void> {
    if ((await this.#store.list(`${this.#prefix}u/`)).length < this.#maxUploads) return;
    throw new HostError("storage.quota", `${this.#maxUploads} uploads are not finished`);
  }

  async #object(container: string, name: string): Promise<StoredObject | undefined> {
    const bytes = await this.#store.get(await this.#objectKey(container, name));
    return bytes === undefined ? undefined : decodeObject(bytes);
  }

  async #upload(key: string): Promise<UploadState | undefined> {
    const bytes = await this.#store.get(key);
    return bytes === undefined ? undefined : decodeUpload(bytes);
  }

  #exclusively<T>(container: string, work: () => Promise<T>): Promise<T> {
    return this.#queue.run([container], async () => this.#lock(await this.#containerKey(container), work));
  }

  async #containerKey(container: string): Promise<string> {
    return `${this.#prefix}c/${await this.#digest(container)}`;
  }

  /** Of one object, or what the keys of all objects of a container begin with. */
  async #objectKey(container: string, name?: string): Promise<string> {
    const objects = `${this.#prefix}o/${await this.#digest(container)}/`;
    return name === undefined ? objects : `${objects}${await digestName(name)}`;
  }

  async #uploadKey({ owner, container, name }: UploadName): Promise<string> {
    return `${this.#prefix}u/${await this.#digest(owner, container, name)}`;
  }

  #digest(...parts: readonly string[]): Promise<string> {
    return digestName(JSON.stringify([this.#root, ...parts]));
  }

  #partKey(data: string, number: number): string {
    return `${this.#prefix}d/${data}/${number}`;
  }
}

function infoOf({ name, bytes }: StoredObject): BlobInfo {
  return { name, bytes };
}
