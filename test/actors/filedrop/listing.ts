import { JsonWriter, PackReader } from "../guest";

/** An answer to `ListObjects` as JSON: names and sizes. */
export function writeListing(answer: ArrayBuffer): ArrayBuffer {
  const reader = new PackReader(answer);
  const json = new JsonWriter().raw("[");
  reader.map();
  reader.text();
  const count = reader.array();
  for (let i: i64 = 0; i < count && reader.failure === null; i++) {
    if (i > 0) json.raw(",");
    writeBlob(reader, json);
  }
  reader.demand();
  return json.raw("]").finish();
}

function writeBlob(reader: PackReader, json: JsonWriter): void {
  let name = "";
  let bytes: u64 = 0;
  for (let left = reader.map(); left > 0 && reader.failure === null; left--) {
    const member = reader.text();
    if (member == "id") name = reader.text();
    else if (member == "byteSize") bytes = reader.u64();
    else reader.skip();
  }
  json.raw('{"name":').text(name).raw(',"bytes":').unsigned(bytes).raw("}");
}
