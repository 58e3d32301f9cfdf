/** What a MessagePack value is, told from its first byte. */
export type ValueKind =
  | "nil"
  | "boolean"
  | "integer"
  | "float"
  | "text"
  | "bytes"
  | "array"
  | "map"
  | "extension";

/** The kind of the value that starts with this byte; `undefined` for the one byte that starts none. */
export function kindOf(marker: number): ValueKind | undefined {
  if (marker < 0x80 || marker >= 0xe0) return "integer";
  if (marker < 0x90) return "map";
  if (marker < 0xa0) return "array";
  if (marker < 0xc0) return "text";
  return NAMED[marker - 0xc0];
}

const NAMED: readonly (ValueKind | undefined)[] = [
  "nil", // c0
  undefined, // c1 is never used
  "boolean", // c2
  "boolean", // c3
  "bytes", // c4 to c6
  "bytes",
  "bytes",
  "extension", // c7 to c9
  "extension",
  "extension",
  "float", // ca, cb
  "float",
  "integer", // cc to cf, unsigned
  "integer",
  "integer",
  "integer",
  "integer", // d0 to d3, signed
  "integer",
  "integer",
  "integer",
  "extension", // d4 to d8
  "extension",
  "extension",
  "extension",
  "extension",
  "text", // d9 to db
  "text",
  "text",
  "array", // dc, dd
  "array",
  "map", // de, df
  "map",
];
