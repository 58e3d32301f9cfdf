import type { MessagePackReader } from "./message-pack-reader.ts";
import { undecodable } from "./undecodable.ts";

const UTF8 = new TextEncoder();

/** The fields of a Rust struct, in declaration order. */
export interface StructShape {
  readonly fields: readonly string[];
  /** The same names in UTF-8. */
  readonly keys: readonly Uint8Array[];
}

/** At most 31 fields: a bit each marks the ones seen. */
export function structShape(...fields: string[]): StructShape {
  return { fields, keys: fields.map((field) => UTF8.encode(field)) };
}

/**
 * Reads a struct: a map with its fields in any order among unknown ones, or an array of the values in declared order
 * (protocol section 3.3). A field that comes twice is an error.
 *
 * @param readField - reads the value of the field at that place of the shape.
 */
export function readStruct(
  reader: MessagePackReader,
  shape: StructShape,
  readField: (place: number) => void,
): void {
  if (reader.kind() === "array") {
    const values = reader.arrayHeader();
    for (let place = 0; place < values; place++) {
      if (place < shape.fields.length) readField(place);
      else reader.skip();
    }
    return;
  }
  const entries = reader.mapHeader();
  let seen = 0;
  let expected = 0;
  for (let i = 0; i < entries; i++) {
    const place = reader.key(shape.keys, expected);
    if (place < 0) {
      reader.skip();
      continue;
    }
    if (seen & (1 << place)) throw undecodable(`duplicate field \`${shape.fields[place]}\``);
    seen |= 1 << place;
    readField(place);
    expected = place + 1;
  }
}

/** A field that must have been there. */
export function required<T>(value: T | undefined, field: string): T {
  if (value === undefined) throw undecodable(`missing field \`${field}\``);
  return value;
}
