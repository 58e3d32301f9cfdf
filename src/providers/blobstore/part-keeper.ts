import type { StoreChange } from "../../storage/index.ts";
import type { Part, Parts, StoredObject } from "./upload-state.ts";

/** A piece of a part that is wanted. */
export interface Piece {
  readonly part: Part;
  /** Its first byte within the part. */
  readonly from: number;
  readonly bytes: number;
  /** Where it goes in what is read. */
  readonly to: number;
}

/** Keeps the bytes of parts; the records that tell of them are others' concern. */
export interface PartKeeper {
  /** Keeps a part. @returns what belongs in the batch that tells of it. */
  write(data: string, part: Part, bytes: Uint8Array): Promise<readonly StoreChange[]>;
  /** @returns whether all pieces are there. */
  read(target: Uint8Array, data: string, pieces: readonly Piece[]): Promise<boolean>;
  /** What belongs in the batch that begins some data. */
  begin(data: string): readonly StoreChange[];
  /** What belongs in the batch that forgets it. */
  forget(data: string, parts: Parts): readonly StoreChange[];
  /** What is left to do after that batch. Never rejects: what is left over is found again when the store is tidied. */
  release(data: string): Promise<void>;
}

/** What a range of an object is made of. */
export function piecesOf({ parts }: StoredObject, offset: number, length: number): readonly Piece[] {
  const pieces: Piece[] = [];
  let start = 0;
  for (const part of parts) {
    const from = Math.max(0, offset - start);
    const until = Math.min(part.bytes, offset + length - start);
    if (from < until) pieces.push({ part, from, bytes: until - from, to: start + from - offset });
    start += part.bytes;
  }
  return pieces;
}
