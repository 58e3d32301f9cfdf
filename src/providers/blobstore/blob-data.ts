import { HostError } from "../../errors/index.ts";
import type { Store, StoreChange } from "../../storage/index.ts";
import type { BlobFiles } from "./blob-files.ts";
import { FileParts } from "./file-parts.ts";
import { type PartKeeper, piecesOf } from "./part-keeper.ts";
import { StoreParts } from "./store-parts.ts";
import type { DataPlace, StoredObject, UploadState } from "./upload-state.ts";

/** How {@link BlobData} is made. */
export interface BlobDataOptions {
  readonly store: Store;
  /** What the names of all records begin with. */
  readonly prefix: string;
  readonly files: () => Promise<BlobFiles | undefined>;
  /** Bytes of the largest object that is kept in the store even where there are files. */
  readonly maxStoreBytes: number;
}

/** The bytes of objects and uploads: those of large ones in files, if there are any, all others in the store. */
export class BlobData {
  readonly #options: BlobDataOptions;

  constructor(options: BlobDataOptions) {
    this.#options = options;
  }

  /** Where an object of so many bytes is going to be. */
  async place(bytes: number): Promise<DataPlace> {
    const { files, maxStoreBytes } = this.#options;
    return bytes > maxStoreBytes && (await files()) !== undefined ? "file" : "store";
  }

  async keeper(place: DataPlace): Promise<PartKeeper> {
    const { store, prefix } = this.#options;
    return place === "store" ? new StoreParts(store, prefix) : this.#fileParts();
  }

  /** Makes some changes together with the end of what was there before them. */
  async replace(
    changes: readonly StoreChange[],
    ...formers: readonly (StoredObject | UploadState | undefined)[]
  ): Promise<void> {
    const gone = await Promise.all(
      formers
        .filter((former) => former !== undefined)
        .map(async ({ data, parts, place }) => ({ data, parts, keeper: await this.keeper(place) })),
    );
    const ends = gone.flatMap(({ data, parts, keeper }) => keeper.forget(data, parts));
    await this.#options.store.batch([...ends, ...changes]);
    await Promise.all(gone.map(({ data, keeper }) => keeper.release(data)));
  }

  /** The bytes of a range of an object; fewer at the end. @throws HostError `storage.failed` if they are gone. */
  async read(object: StoredObject, offset: number, length: number): Promise<Uint8Array> {
    const wanted = new Uint8Array(Math.max(0, Math.min(length, object.bytes - offset)));
    const keeper = await this.keeper(object.place);
    if (await keeper.read(wanted, object.data, piecesOf(object, offset, wanted.length))) return wanted;
    throw new HostError("storage.failed", "The object was replaced or removed while it was read");
  }

  /** Removes the files that no record tells of. */
  async removeUnknown(): Promise<void> {
    await (await this.#fileParts()).removeUnknown(this.#options.store);
  }

  async #fileParts(): Promise<FileParts> {
    return new FileParts(await this.#options.files(), this.#options.prefix);
  }
}
