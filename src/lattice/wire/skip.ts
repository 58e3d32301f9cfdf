import type { ByteCursor } from "./byte-cursor.ts";
import { undecodable } from "./undecodable.ts";

/** Values nested deeper than this are refused, also where they would be ignored. */
const MAX_DEPTH = 32;

/** Passes over a value of any kind. */
export function skipValue(cursor: ByteCursor, depth: number = MAX_DEPTH): void {
  if (depth === 0) throw undecodable(`values are nested deeper than ${MAX_DEPTH}`);
  const kind = cursor.kind();
  const marker = cursor.byte();
  switch (kind) {
    case "nil":
    case "boolean":
      return;
    case "integer":
      cursor.integerAfter(marker);
      return;
    case "float":
      cursor.take(marker === 0xca ? 4 : 8);
      return;
    case "text":
    case "bytes":
      cursor.take(cursor.textLengthAfter(marker));
      return;
    case "extension":
      // The type byte comes between the length and the data.
      cursor.take(1 + (marker < 0xd4 ? cursor.unsigned(1 << (marker - 0xc7)) : 1 << (marker - 0xd4)));
      return;
    case "array":
    case "map":
      for (let values = cursor.valuesAfter(marker); values > 0; values--) skipValue(cursor, depth - 1);
  }
}
