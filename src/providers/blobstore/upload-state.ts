import { decode, encode } from "@msgpack/msgpack";
import * as v from "valibot";
import { HostError } from "../../errors/index.ts";

/** A part of an object that is there. */
export interface Part {
  readonly number: number;
  readonly bytes: number;
  /** Its first byte in the file; 0 for parts in the store. */
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
  /** The key of its container. */
  readonly container: string;
  /** When it was begun or got its last part, in milliseconds since the epoch. */
  readonly touched: number;
}

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
// What is optional was not written at first.
const parts = v.array(v.object({ number: count, bytes: count, at: v.optional(count, 0) }));
const place = v.optional(v.picklist(["store", "file"]), "store");
const objectSchema = v.object({ name: v.string(), bytes: count, data: v.string(), place, parts });
const uploadSchema = v.object({
  totalBytes: count,
  partBytes: count,
  token: v.string(),
  data: v.string(),
  place,
  parts,
  container: v.optional(v.string(), ""),
  touched: v.optional(count, 0),
});

export function encodeRecord(record: StoredObject | UploadState): Uint8Array {
  return encode(record);
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
