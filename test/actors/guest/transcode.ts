import { JsonWriter } from "./json-writer";
import { PackReader } from "./pack-reader";

/** Writes the next MessagePack value as JSON; names of members must be texts. Bytes become arrays of numbers. */
export function writeJson(reader: PackReader, json: JsonWriter): void {
  const marker = reader.peek();
  if (isMap(marker)) writeMap(reader, json);
  else if (isArray(marker)) writeArray(reader, json);
  else if (isText(marker)) json.text(reader.text());
  else if (marker >= 0xc4 && marker <= 0xc6) json.bytes(reader.bytes());
  else if (marker == 0xca || marker == 0xcb) json.raw(reader.f64().toString());
  else if (marker == 0xc2 || marker == 0xc3) json.raw(reader.bool() ? "true" : "false");
  else if (reader.nil()) json.raw("null");
  else if (marker == 0xcf) json.unsigned(reader.u64());
  else json.number(reader.i64());
}

function writeMap(reader: PackReader, json: JsonWriter): void {
  json.raw("{");
  const count = reader.map();
  for (let i: i64 = 0; i < count && reader.failure === null; i++) {
    if (i > 0) json.raw(",");
    json.text(reader.text()).raw(":");
    writeJson(reader, json);
  }
  json.raw("}");
}

function writeArray(reader: PackReader, json: JsonWriter): void {
  json.raw("[");
  const count = reader.array();
  for (let i: i64 = 0; i < count && reader.failure === null; i++) {
    if (i > 0) json.raw(",");
    writeJson(reader, json);
  }
  json.raw("]");
}

function isMap(marker: u32): bool {
  return (marker >= 0x80 && marker < 0x90) || marker == 0xde || marker == 0xdf;
}

function isArray(marker: u32): bool {
  return (marker >= 0x90 && marker < 0xa0) || marker == 0xdc || marker == 0xdd;
}

function isText(marker: u32): bool {
  return (marker >= 0xa0 && marker < 0xc0) || (marker >= 0xd9 && marker <= 0xdb);
}
