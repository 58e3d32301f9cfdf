import type { MessagePackReader } from "./message-pack-reader.ts";
import type { MessagePackWriter } from "./message-pack-writer.ts";
import { undecodable } from "./undecodable.ts";

/**
 * Reads the head of an enum variant: a map of one entry whose key is the variant's index, or its name (protocol
 * section 3.1). The variant's data comes next.
 *
 * @returns the index.
 */
export function readVariant(reader: MessagePackReader, names: readonly string[]): number {
  const entries = reader.mapHeader();
  if (entries !== 1) throw undecodable(`a variant is a map of one entry, not of ${entries}`);
  if (reader.kind() === "integer") return reader.int(0, names.length - 1);
  const name = reader.text();
  const index = names.indexOf(name);
  if (index < 0) throw undecodable(`unknown variant \`${name}\`, expected one of ${names.join(", ")}`);
  return index;
}

/** Writes the head of an enum variant, by index as first-party hosts do. */
export function writeVariant(writer: MessagePackWriter, index: number): void {
  writer.mapHeader(1);
  writer.int(index);
}
