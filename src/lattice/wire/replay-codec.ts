import type { ReplayRequest, ReplayRequestAck } from "../cache-event.ts";
import { DEFAULT_CACHE_LIMITS, type WireLimits } from "./limits.ts";
import { MessagePackReader } from "./message-pack-reader.ts";
import { MessagePackWriter } from "./message-pack-writer.ts";
import { readStruct, required, type StructShape, structShape } from "./struct.ts";

const REQUEST = structShape("hwm");
const ACK = structShape("events_to_expect");

/** A request for missing cache events. Protocol section 3.5. */
export function encodeReplayRequest(request: ReplayRequest): Uint8Array {
  return encodeCount("hwm", request.highWaterMark);
}

/**
 * The replay request in a message.
 *
 * @param limits - default {@link DEFAULT_CACHE_LIMITS}.
 * @throws HostError `lattice.undecodable`.
 */
export function decodeReplayRequest(
  bytes: Uint8Array,
  limits: WireLimits = DEFAULT_CACHE_LIMITS,
): ReplayRequest {
  return { highWaterMark: decodeCount(bytes, REQUEST, limits) };
}

/** The first answer to a replay request. Protocol section 3.5. */
export function encodeReplayRequestAck(ack: ReplayRequestAck): Uint8Array {
  return encodeCount("events_to_expect", ack.eventsToExpect);
}

/**
 * The acknowledgement in a message.
 *
 * @param limits - default {@link DEFAULT_CACHE_LIMITS}.
 * @throws HostError `lattice.undecodable`.
 */
export function decodeReplayRequestAck(
  bytes: Uint8Array,
  limits: WireLimits = DEFAULT_CACHE_LIMITS,
): ReplayRequestAck {
  return { eventsToExpect: decodeCount(bytes, ACK, limits) };
}

function encodeCount(field: string, count: number): Uint8Array {
  const writer = new MessagePackWriter(32);
  writer.mapHeader(1);
  writer.text(field);
  writer.int(count);
  return writer.finish();
}

function decodeCount(bytes: Uint8Array, shape: StructShape, limits: WireLimits): number {
  const reader = new MessagePackReader(bytes, limits);
  let count: number | undefined;
  readStruct(reader, shape, () => {
    count = reader.int(0, Number.MAX_SAFE_INTEGER);
  });
  return required(count, String(shape.fields[0]));
}
