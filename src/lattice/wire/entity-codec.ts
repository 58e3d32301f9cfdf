import type { Entity } from "../../claims/index.ts";
import type { MessagePackReader } from "./message-pack-reader.ts";
import type { MessagePackWriter } from "./message-pack-writer.ts";
import { readStruct, required, structShape } from "./struct.ts";
import { readVariant, writeVariant } from "./variant.ts";

const VARIANTS = ["Actor", "Capability"];
const CAPABILITY = structShape("id", "contract_id", "link_name");

/** `Entity` of protocol section 3.4. */
export function writeEntity(writer: MessagePackWriter, entity: Entity): void {
  if (entity.kind === "actor") {
    writeVariant(writer, 0);
    writer.text(entity.id);
    return;
  }
  writeVariant(writer, 1);
  writer.mapHeader(3);
  writer.text("id");
  writer.text(entity.id);
  writer.text("contract_id");
  writer.text(entity.contractId);
  writer.text("link_name");
  writer.text(entity.linkName);
}

/** `Entity` of protocol section 3.4. */
export function readEntity(reader: MessagePackReader): Entity {
  if (readVariant(reader, VARIANTS) === 0) return { kind: "actor", id: reader.text() };
  const texts: string[] = [];
  readStruct(reader, CAPABILITY, (place) => {
    texts[place] = reader.text();
  });
  return {
    kind: "provider",
    id: required(texts[0], "id"),
    contractId: required(texts[1], "contract_id"),
    linkName: required(texts[2], "link_name"),
  };
}
