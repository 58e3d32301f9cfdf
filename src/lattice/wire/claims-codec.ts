import { type ActorClaims, actorPayload, parseActorPayload } from "../../claims/index.ts";
import { HostError } from "../../errors/index.ts";
import { DEFAULT_WIRE_LIMITS, type WireLimits } from "./limits.ts";
import { MessagePackReader } from "./message-pack-reader.ts";
import { MessagePackWriter } from "./message-pack-writer.ts";
import { readStruct, type StructShape, structShape } from "./struct.ts";
import { checked, undecodable } from "./undecodable.ts";

type FieldReader = (reader: MessagePackReader) => unknown;

/** Tags or capabilities of one actor. */
const MAX_LIST = 1_024;

/** Announced claims of an actor: the payload of its token as a map, without signature. Protocol section 3.4. */
export function encodeClaims(claims: ActorClaims): Uint8Array {
  const writer = new MessagePackWriter(1_024);
  writePlain(writer, actorPayload(claims));
  return writer.finish();
}

/**
 * The claims in an announcement. Nothing vouches for them: they are not signed (protocol section 13.1 S5).
 *
 * @param limits - default {@link DEFAULT_WIRE_LIMITS}.
 * @throws HostError `lattice.undecodable`.
 */
export function decodeClaims(bytes: Uint8Array, limits: WireLimits = DEFAULT_WIRE_LIMITS): ActorClaims {
  const payload = readFields(new MessagePackReader(bytes, limits), CLAIMS, CLAIMS_READERS);
  return checked(() => parseActorPayload(payload));
}

const text: FieldReader = (reader) => reader.text();
const texts: FieldReader = (reader) => {
  const count = reader.arrayHeader();
  if (count > MAX_LIST) throw undecodable(`a list of ${count} texts is over the limit of ${MAX_LIST}`);
  return Array.from({ length: count }, () => reader.text());
};
/** Since the epoch. */
const seconds: FieldReader = (reader) => reader.int(0, Number.MAX_SAFE_INTEGER);
const revision: FieldReader = (reader) => reader.int(-0x80000000, 0x7fffffff);
const flag: FieldReader = (reader) => reader.bool();

const METADATA = structShape("name", "hash", "tags", "caps", "rev", "ver", "call_alias", "prov");
const METADATA_READERS = [text, text, texts, texts, revision, text, text, flag];
const metadata: FieldReader = (reader) => readFields(reader, METADATA, METADATA_READERS);

const CLAIMS = structShape("exp", "jti", "iat", "iss", "sub", "nbf", "wascap");
const CLAIMS_READERS = [seconds, text, seconds, text, text, seconds, metadata];

/** The fields that are there and not nil, by their names. */
function readFields(
  reader: MessagePackReader,
  shape: StructShape,
  readers: readonly FieldReader[],
): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  readStruct(reader, shape, (place) => {
    const field = shape.fields[place];
    const read = readers[place];
    if (field === undefined || read === undefined || reader.takeNil()) return;
    found[field] = read(reader);
  });
  return found;
}

/** A JSON-like value; keys without a value are left out, and not counted. */
function writePlain(writer: MessagePackWriter, value: unknown): void {
  if (typeof value === "string") writer.text(value);
  else if (typeof value === "number") writer.int(value);
  else if (typeof value === "boolean") writer.bool(value);
  else if (Array.isArray(value)) {
    writer.arrayHeader(value.length);
    for (const element of value) writePlain(writer, element);
  } else if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value).filter(([, field]) => field !== undefined);
    writer.mapHeader(entries.length);
    for (const [key, field] of entries) {
      writer.text(key);
      writePlain(writer, field);
    }
  } else throw new HostError("input.invalid", `Claims cannot hold a value of type ${typeof value}.`);
}
