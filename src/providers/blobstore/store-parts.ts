import type { Store, StoreChange } from "../../storage/index.ts";
import type { PartKeeper, Piece } from "./part-keeper.ts";
import type { Part, Parts } from "./upload-state.ts";

/** Parts as values of the store, each under a key of its own. */
export class StoreParts implements PartKeeper {
  readonly #store: Store;
  readonly #prefix: string;

  constructor(store: Store, prefix: string) {
    this.#store = store;
    this.#prefix = prefix;
  }

  async write(data: string, { number }: Part, bytes: Uint8Array): Promise<readonly StoreChange[]> {
    return [{ key: this.#key(data, number), value: bytes }];
  }

  async read(target: Uint8Array, data: string, pieces: readonly Piece[]): Promise<boolean> {
    const kept = await Promise.all(pieces.map(({ part }) => this.#store.get(this.#key(data, part.number))));
    for (const [index, { part, from, bytes, to }] of pieces.entries()) {
      const value = kept[index];
      if (value?.length !== part.bytes) return false;
      target.set(value.subarray(from, from + bytes), to);
    }
    return true;
  }

  begin(): readonly StoreChange[] {
    return [];
  }

  forget(data: string, parts: Parts): readonly StoreChange[] {
    return parts.map(({ number }) => ({ key: this.#key(data, number), value: undefined }));
  }

  async release(): Promise<void> {}

  #key(data: string, number: number): string {
    return `${this.#prefix}d/${data}/${number}`;
  }
}
