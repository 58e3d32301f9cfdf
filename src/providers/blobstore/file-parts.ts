import { HostError } from "../../errors/index.ts";
import type { Store, StoreChange } from "../../storage/index.ts";
import type { BlobFiles } from "./blob-files.ts";
import type { PartKeeper, Piece } from "./part-keeper.ts";
import type { Part } from "./upload-state.ts";

/**
 * Parts in a file for each object, wherever there was room when they came. A part that is sent again is put beside the
 * former one, which stays whole until the batch tells of the new one. The store lists the files that are in use.
 */
export class FileParts implements PartKeeper {
  readonly #files: BlobFiles | undefined;
  readonly #prefix: string;

  /**
   * @param files - undefined where there are none now: what was kept in them once cannot be read, but be removed.
   * @param prefix - of the records of a blob store.
   */
  constructor(files: BlobFiles | undefined, prefix: string) {
    this.#files = files;
    this.#prefix = prefix;
  }

  async write(data: string, { at }: Part, bytes: Uint8Array): Promise<readonly StoreChange[]> {
    await this.#there().write(data, at, bytes);
    return [];
  }

  async read(target: Uint8Array, data: string, pieces: readonly Piece[]): Promise<boolean> {
    for (const { at, bytes, to } of rangesOf(pieces)) {
      const read = await this.#there().read(data, at, bytes);
      if (read.length !== bytes) return false;
      target.set(read, to);
    }
    return true;
  }

  begin(data: string): readonly StoreChange[] {
    return [{ key: this.#key(data), value: new Uint8Array(0) }];
  }

  forget(data: string): readonly StoreChange[] {
    return [{ key: this.#key(data), value: undefined }];
  }

  async release(data: string): Promise<void> {
    await this.#files?.remove(data).catch(() => undefined);
  }

  /** Removes the files that no record tells of. */
  async removeUnknown(store: Store): Promise<void> {
    // Files first: each of them was listed in the store before it was made.
    const files = (await this.#files?.list()) ?? [];
    if (files.length === 0) return;
    const used = new Set(await store.list(this.#key("")));
    for (const file of files) if (!used.has(this.#key(file))) await this.release(file);
  }

  #there(): BlobFiles {
    if (this.#files !== undefined) return this.#files;
    throw new HostError("storage.failed", "The bytes are in a file, and there are no files now", {
      hint: "Use the object where it was made, or upload it again.",
    });
  }

  #key(data: string): string {
    return `${this.#prefix}f/${data}`;
  }
}

/** Pieces as ranges of the file, with those in one that follow each other in both places. */
function rangesOf(pieces: readonly Piece[]): { readonly at: number; bytes: number; readonly to: number }[] {
  const ranges: { readonly at: number; bytes: number; readonly to: number }[] = [];
  for (const { part, from, bytes, to } of pieces) {
    const last = ranges.at(-1);
    const at = part.at + from;
    if (last !== undefined && last.at + last.bytes === at && last.to + last.bytes === to) last.bytes += bytes;
    else ranges.push({ at, bytes, to });
  }
  return ranges;
}
