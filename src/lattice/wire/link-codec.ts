import { checkLinkDefinition, LINK_LIMITS, type LinkDefinition } from "../link-definition.ts";
import { DEFAULT_WIRE_LIMITS, type WireLimits } from "./limits.ts";
import { MessagePackReader } from "./message-pack-reader.ts";
import { MessagePackWriter } from "./message-pack-writer.ts";
import { readStruct, required, structShape } from "./struct.ts";
import { checked, undecodable } from "./undecodable.ts";

const LINK = structShape("actor_id", "provider_id", "link_name", "contract_id", "values");

/**
 * A link definition as it is announced. Protocol section 3.4.
 *
 * @throws HostError `link.invalid` if it is over a limit.
 */
export function encodeLinkDefinition(link: LinkDefinition): Uint8Array {
  checkLinkDefinition(link);
  const values = Object.entries(link.values);
  const writer = new MessagePackWriter();
  writer.mapHeader(5);
  writer.text("actor_id");
  writer.text(link.actorId);
  writer.text("provider_id");
  writer.text(link.providerId);
  writer.text("link_name");
  writer.text(link.linkName);
  writer.text("contract_id");
  writer.text(link.contractId);
  writer.text("values");
  writer.mapHeader(values.length);
  for (const [key, value] of values) {
    writer.text(key);
    writer.text(value);
  }
  return writer.finish();
}

/**
 * The link definition in a message. Missing values are none (protocol section 3.3).
 *
 * @param limits - default {@link DEFAULT_WIRE_LIMITS}.
 * @throws HostError `lattice.undecodable`, also if it is over a limit of links.
 */
export function decodeLinkDefinition(
  bytes: Uint8Array,
  limits: WireLimits = DEFAULT_WIRE_LIMITS,
): LinkDefinition {
  const reader = new MessagePackReader(bytes, limits);
  const texts: string[] = [];
  let values: Readonly<Record<string, string>> | undefined;
  readStruct(reader, LINK, (place) => {
    if (place === 4) values = readValues(reader);
    else texts[place] = reader.text();
  });
  const link: LinkDefinition = {
    actorId: required(texts[0], "actor_id"),
    providerId: required(texts[1], "provider_id"),
    linkName: required(texts[2], "link_name"),
    contractId: required(texts[3], "contract_id"),
    values: values ?? Object.create(null),
  };
  checked(() => checkLinkDefinition(link));
  return link;
}

/** Into an object without prototype: a key such as `__proto__` is a value like any other. */
function readValues(reader: MessagePackReader): Readonly<Record<string, string>> {
  const values: Record<string, string> = Object.create(null);
  if (reader.takeNil()) return values;
  const entries = reader.mapHeader();
  if (entries > LINK_LIMITS.entries) {
    throw undecodable(`a link has at most ${LINK_LIMITS.entries} values, not ${entries}`);
  }
  for (let i = 0; i < entries; i++) {
    const key = reader.text();
    values[key] = reader.text();
  }
  return values;
}
