import { Decoder, encode } from "@msgpack/msgpack";
import * as v from "valibot";
import { HostError, messageOf } from "../errors/index.ts";
import { checkShape } from "./message-shape.ts";

const decoder = new Decoder();

/** A field of bytes: sent as bin, accepted as bin, as an array of integers or as text. Contracts document 7.0. */
export const bytesField: v.GenericSchema<unknown, Uint8Array> = v.union([
  v.instance(Uint8Array),
  v.pipe(
    v.array(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(255))),
    v.transform((values) => Uint8Array.from(values)),
  ),
  v.pipe(
    v.string(),
    v.transform((text) => new TextEncoder().encode(text)),
  ),
]);

/** A signed 32-bit field. */
export const int32Field: v.GenericSchema<unknown, number> = v.pipe(
  v.number(),
  v.integer(),
  v.minValue(-(2 ** 31)),
  v.maxValue(2 ** 31 - 1),
);

/** An unsigned 32-bit field. */
export const uint32Field: v.GenericSchema<unknown, number> = v.pipe(
  v.number(),
  v.integer(),
  v.minValue(0),
  v.maxValue(2 ** 32 - 1),
);

/** An unsigned 64-bit field; beyond 2^53 a number is not exact, and is refused. */
export const uint64Field: v.GenericSchema<unknown, number> = v.pipe(
  v.number(),
  v.safeInteger(),
  v.minValue(0),
);

/** A signed 64-bit field, with the bound of {@link uint64Field}. */
export const int64Field: v.GenericSchema<unknown, number> = v.pipe(v.number(), v.safeInteger());

/** A text of at most so many UTF-16 units. */
export function textField(maxLength: number): v.GenericSchema<unknown, string> {
  return v.pipe(v.string(), v.maxLength(maxLength));
}

/**
 * A map of texts with at most so many entries. Valibot's own record would silently drop names such as `constructor`.
 */
export function textMapField(
  maxEntries: number,
  maxLength: number,
): v.GenericSchema<unknown, Readonly<Record<string, string>>> {
  return v.custom<Readonly<Record<string, string>>>((value) => {
    if (!isMap(value)) return false;
    const entries = Object.entries(value);
    return (
      entries.length <= maxEntries &&
      entries.every(
        ([name, text]) => typeof text === "string" && name.length <= maxLength && text.length <= maxLength,
      )
    );
  }, `Expected a map of at most ${maxEntries} texts of at most ${maxLength} characters`);
}

/** A field that may be nil or absent; both are undefined. */
export function optionalField<T>(
  field: v.GenericSchema<unknown, T>,
): v.GenericSchema<unknown, T | undefined> {
  return v.pipe(
    v.nullish(field),
    v.transform((value) => value ?? undefined),
  );
}

/** A message inside a message: a map, or an array of the fields in order. */
export function structField<T extends object>(fields: FieldsOf<T>): v.GenericSchema<unknown, T> {
  return v.pipe(
    v.unknown(),
    v.transform((value) => named(fields as MessageFields, value)),
    v.object(fields as Record<string, v.GenericSchema>),
  ) as v.GenericSchema<unknown, unknown> as v.GenericSchema<unknown, T>;
}

/** The schema of every member of a message. */
export type FieldsOf<T> = { readonly [Name in keyof T]-?: v.GenericSchema<unknown, T[Name]> };

/** One operation's message: its fields in the order of the interface, each with its schema. */
export type MessageFields = Readonly<Record<string, v.GenericSchema>>;

/** What a message with these fields decodes to. */
export type MessageOf<Fields extends MessageFields> = {
  -readonly [Name in keyof Fields]: v.InferOutput<Fields[Name]>;
};

/**
 * Reads a message that is a map of named fields, or an array of them in order, as the Rust decoder does: unknown keys
 * and bytes after the value are ignored, a field that may be nil may also be absent.
 *
 * @throws HostError `provider.bad_request` with a text that starts with `Failed to de-serialize: `.
 */
export function decodeMessage<Fields extends MessageFields>(
  fields: Fields,
  payload: Uint8Array,
): MessageOf<Fields> {
  return readMessage(fields, decodeValue(payload));
}

/**
 * As {@link decodeMessage}, from a value that is decoded already.
 *
 * @throws HostError `provider.bad_request`.
 */
export function readMessage<Fields extends MessageFields>(
  fields: Fields,
  decoded: unknown,
): MessageOf<Fields> {
  const value = named(fields, decoded);
  const result = v.safeParse(v.object(fields as Record<string, v.GenericSchema>), value);
  if (!result.success) {
    const [issue] = result.issues;
    const path = v.getDotPath(issue);
    throw badRequest(path === null ? issue.message : `field \`${path}\`: ${issue.message}`);
  }
  return result.output as MessageOf<Fields>;
}

/**
 * The first MessagePack value of a payload.
 *
 * @throws HostError `provider.bad_request`.
 */
export function decodeValue(payload: Uint8Array): unknown {
  try {
    checkShape(payload);
    for (const value of decoder.decodeMulti(payload)) return value;
  } catch (error) {
    throw badRequest(messageOf(error), error);
  }
  throw new HostError("internal", "A whole MessagePack value was not decoded");
}

/** MessagePack bytes of a message; maps keep the order of the object's keys. */
export function encodeMessage(value: unknown): Uint8Array {
  return encode(value);
}

/** Whether a decoded value is a map. */
export function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return (
    typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array)
  );
}

/** Positional form to named form; anything that is not an array is left for the schema to judge. */
function named(fields: MessageFields, value: unknown): unknown {
  if (!Array.isArray(value)) return value;
  return Object.fromEntries(Object.keys(fields).map((name, index) => [name, value[index] as unknown]));
}

/** What cannot be decoded, in the words of first-party providers. */
export function badRequest(reason: string, cause?: unknown): HostError {
  return new HostError("provider.bad_request", `Failed to de-serialize: ${reason}`, { cause });
}
