import type { CacheEvent, CacheEventWrapper } from "../cache-event.ts";
import { DEFAULT_CACHE_LIMITS, type WireLimits } from "./limits.ts";
import { MessagePackReader } from "./message-pack-reader.ts";
import { MessagePackWriter } from "./message-pack-writer.ts";
import { readStruct, required, structShape } from "./struct.ts";
import { undecodable } from "./undecodable.ts";
import { readVariant, writeVariant } from "./variant.ts";

/** In the order of their indexes. */
const VARIANTS: readonly CacheEvent["kind"][] = [
  "AtomicAdd",
  "KeyDelete",
  "ScalarSet",
  "ListClear",
  "ListPush",
  "ListRemoveItem",
  "SetAdd",
  "SetRemoveItem",
];
const WRAPPER = structShape("origin_id", "event");

/** A bare cache event, as it is replayed. Protocol section 3.5. */
export function encodeCacheEvent(event: CacheEvent): Uint8Array {
  const writer = new MessagePackWriter();
  writeCacheEvent(writer, event);
  return writer.finish();
}

/**
 * The bare cache event in a message.
 *
 * @param limits - default {@link DEFAULT_CACHE_LIMITS}.
 * @throws HostError `lattice.undecodable`.
 */
export function decodeCacheEvent(bytes: Uint8Array, limits: WireLimits = DEFAULT_CACHE_LIMITS): CacheEvent {
  return readCacheEvent(new MessagePackReader(bytes, limits));
}

/** A cache event with the instance it comes from, as it is published. Protocol section 3.5. */
export function encodeCacheEventWrapper(wrapper: CacheEventWrapper): Uint8Array {
  const writer = new MessagePackWriter();
  writer.mapHeader(2);
  writer.text("origin_id");
  writer.text(wrapper.originId);
  writer.text("event");
  writeCacheEvent(writer, wrapper.event);
  return writer.finish();
}

/**
 * The wrapped cache event in a message.
 *
 * @param limits - default {@link DEFAULT_CACHE_LIMITS}.
 * @throws HostError `lattice.undecodable`.
 */
export function decodeCacheEventWrapper(
  bytes: Uint8Array,
  limits: WireLimits = DEFAULT_CACHE_LIMITS,
): CacheEventWrapper {
  const reader = new MessagePackReader(bytes, limits);
  let originId: string | undefined;
  let event: CacheEvent | undefined;
  readStruct(reader, WRAPPER, (place) => {
    if (place === 0) originId = reader.text();
    else event = readCacheEvent(reader);
  });
  return { originId: required(originId, "origin_id"), event: required(event, "event") };
}

function writeCacheEvent(writer: MessagePackWriter, event: CacheEvent): void {
  writeVariant(writer, VARIANTS.indexOf(event.kind));
  if (event.kind === "KeyDelete" || event.kind === "ListClear") {
    writer.text(event.key);
    return;
  }
  writer.arrayHeader(2);
  writer.text(event.key);
  if (event.kind === "AtomicAdd") writer.int(event.amount);
  else writer.text(event.value);
}

function readCacheEvent(reader: MessagePackReader): CacheEvent {
  const kind = required(VARIANTS[readVariant(reader, VARIANTS)], "event");
  if (kind === "KeyDelete" || kind === "ListClear") return { kind, key: reader.text() };
  const elements = reader.arrayHeader();
  if (elements !== 2) throw undecodable(`${kind} has 2 elements, not ${elements}`);
  const key = reader.text();
  if (kind === "AtomicAdd") return { kind, key, amount: reader.int(-0x80000000, 0x7fffffff) };
  return { kind, key, value: reader.text() };
}
