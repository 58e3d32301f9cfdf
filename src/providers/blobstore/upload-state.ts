import { decode, encode } from "@msgpack/msgpack";
import * as v from "valibot";
import { HostError } from "../../errors/index.ts";

/** The most parts that any object has. */
export const MAX_PARTS = 65_536;

/** A part of an object that is there. */
export interface Part {
  readonly number: number;
  readonly bytes: number;
  /** Its first byte in the file; of no meaning for parts in the store. */
  readonly at: number;
}

/** The parts of an object that are there, in order. */
export type Parts = readonly Part[];

/** Where the bytes of an object are. */
export type DataPlace = "store" | "file";

/** An object that is whole. */
export interface StoredObject {
  readonly name: string;
  readonly bytes: number;
  /** Names its data. */
  readonly data: string;
  readonly place: DataPlace;
  readonly parts: Parts;
}

/** An upload that is not finished. */
export interface UploadState {
  readonly totalBytes: number;
  readonly partBytes: number;
  readonly token: string;
  readonly data: string;
  readonly place: DataPlace;
  readonly parts: Parts;
  /** The name of the turns that its changes take. */
  readonly turn: string;
  /** When it was begun or got its last part, in milliseconds since the epoch. */
  readonly touched: number;
}

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
/** Parts of one size that follow each other: the number, the bytes and the place of the first, and how many there are. */
type Run = readonly [number: number, bytes: number, at: number, count: number];
// At first, parts were written one by one; what is optional was not written.
const single = v.pipe(
  v.object({ number: count, bytes: count, at: v.optional(count, 0) }),
  v.transform(({ number, bytes, at }): Run => [number, bytes, at, 1]),
);
const parts = v.pipe(
  v.array(v.union([v.tuple([count, count, count, count]), single])),
  v.check((runs) => runs.reduce((sum, [, , , length]) => sum + length, 0) <= MAX_PARTS),
  v.transform((runs) => runs.flatMap(partsOf)),
);
const place = v.optional(v.picklist(["store", "file"]), "store");
const objectSchema = v.object({ name: v.string(), bytes: count, data: v.string(), place, parts });
const uploadSchema = v.object({
  totalBytes: count,
  partBytes: count,
  token: v.string(),
  data: v.string(),
  place,
  parts,
  turn: v.optional(v.string(), ""),
  touched: v.optional(count, 0),
});

export function encodeRecord(record: StoredObject | UploadState): Uint8Array {
  return encode({ ...record, parts: runsOf(record.parts) });
}

/** @throws HostError `storage.failed`. */
export function decodeObject(bytes: Uint8Array): StoredObject {
  return parsed(objectSchema, bytes);
}

/** @throws HostError `storage.failed`. */
export function decodeUpload(bytes: Uint8Array): UploadState {
  return parsed(uploadSchema, bytes);
}

/**
 * An upload with one part more, or with a part in place of the same one.
 *
 * @throws HostError `provider.failure` for a part that does not fit.
 */
export function withPart(upload: UploadState, part: Part): UploadState {
  const { number, bytes } = part;
  const others = upload.parts.filter((other) => other.number !== number);
  const received = others.reduce((sum, other) => sum + other.bytes, bytes);
  if (bytes === 0) throw refused("The chunk is empty");
  if (received > upload.totalBytes) {
    throw refused(`The chunks have more than the ${upload.totalBytes} bytes that were announced`);
  }
  // Only the last part may be shorter, and none longer: otherwise bytes would end up at the wrong place.
  if (upload.partBytes > 0 && bytes > upload.partBytes) {
    throw refused(`The chunk has more than the ${upload.partBytes} bytes that were announced`);
  }
  const all = [...others, part].sort((a, b) => a.number - b.number);
  return { ...upload, parts: all };
}

/** Where bytes can be put without harm to the parts that are there. */
export function freePlace(parts: Parts, bytes: number): number {
  let end = 0;
  for (const part of [...parts].sort((a, b) => a.at - b.at)) {
    if (part.at - end >= bytes) return end;
    end = part.at + part.bytes;
  }
  return end;
}

/**
 * Whether all bytes are there.
 *
 * @throws HostError `provider.failure` if they are, but a number is missing among the parts.
 */
export function isWhole({ parts, totalBytes }: UploadState): boolean {
  if (parts.reduce((sum, part) => sum + part.bytes, 0) < totalBytes) return false;
  const first = parts[0]?.number ?? 0;
  const isContiguous = parts.every(({ number }, index) => number === first + index);
  if (first <= 1 && isContiguous) return true;
  throw refused("All bytes are there, but the numbers of the chunks are not contiguous from 0 or 1");
}

function runsOf(all: Parts): Run[] {
  const runs: [...Run][] = [];
  for (const { number, bytes, at } of all) {
    const last = runs.at(-1);
    const goesOn =
      last !== undefined &&
      number === last[0] + last[3] &&
      bytes === last[1] &&
      at === last[2] + last[3] * bytes;
    if (goesOn) last[3]++;
    else runs.push([number, bytes, at, 1]);
  }
  return runs;
}

function partsOf([number, bytes, at, length]: Run): Part[] {
  return Array.from({ length }, (_, index) => ({ number: number + index, bytes, at: at + index * bytes }));
}

function parsed<T>(schema: v.GenericSchema<unknown, T>, bytes: Uint8Array): T {
  const result = v.safeParse(schema, decoded(bytes));
  if (result.success) return result.output;
  throw new HostError("storage.failed", "What is stored for this object cannot be read");
}

function decoded(bytes: Uint8Array): unknown {
  try {
    return decode(bytes);
  } catch {
    return undefined;
  }
}

function refused(message: string): HostError {
  return new HostError("provider.failure", message);
}
