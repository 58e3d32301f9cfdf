import type { Entity, Invocation } from "../../claims/index.ts";
import { readEntity, writeEntity } from "./entity-codec.ts";
import { DEFAULT_WIRE_LIMITS, type WireLimits } from "./limits.ts";
import { MessagePackReader } from "./message-pack-reader.ts";
import { MessagePackWriter } from "./message-pack-writer.ts";
import { readStruct, required, structShape } from "./struct.ts";

const INVOCATION = structShape("origin", "target", "operation", "msg", "id", "encoded_claims", "host_id");
/** Longest id that is worth repeating in an error reply; real ones have 36 characters. */
const MAX_PEEKED_ID_BYTES = 256;

/** An invocation as it is sent to an RPC subject. Protocol section 3.4. */
export function encodeInvocation(invocation: Invocation): Uint8Array {
  const { origin, target, operation, payload, id, token, hostId } = invocation;
  const writer = new MessagePackWriter(payload.length * 2 + token.length * 3 + operation.length * 3 + 512);
  writer.mapHeader(7);
  writer.text("origin");
  writeEntity(writer, origin);
  writer.text("target");
  writeEntity(writer, target);
  writer.text("operation");
  writer.text(operation);
  writer.text("msg");
  writer.integerArray(payload);
  writer.text("id");
  writer.text(id);
  writer.text("encoded_claims");
  writer.text(token);
  writer.text("host_id");
  writer.text(hostId);
  return writer.finish();
}

/**
 * The invocation in a message. Only its shape is checked, not its token.
 *
 * @param limits - default {@link DEFAULT_WIRE_LIMITS}.
 * @throws HostError `lattice.undecodable`.
 */
export function decodeInvocation(bytes: Uint8Array, limits: WireLimits = DEFAULT_WIRE_LIMITS): Invocation {
  const reader = new MessagePackReader(bytes, limits);
  let origin: Entity | undefined;
  let target: Entity | undefined;
  let operation: string | undefined;
  let payload: Uint8Array | undefined;
  let id: string | undefined;
  let token: string | undefined;
  let hostId: string | undefined;
  readStruct(reader, INVOCATION, (place) => {
    if (place === 0) origin = readEntity(reader);
    else if (place === 1) target = readEntity(reader);
    else if (place === 2) operation = reader.text();
    else if (place === 3) payload = reader.payload();
    else if (place === 4) id = reader.text();
    else if (place === 5) token = reader.text();
    else hostId = reader.text();
  });
  return {
    origin: required(origin, "origin"),
    target: required(target, "target"),
    operation: required(operation, "operation"),
    payload: required(payload, "msg"),
    id: required(id, "id"),
    token: required(token, "encoded_claims"),
    hostId: required(hostId, "host_id"),
  };
}

/**
 * The id in a message that could not be decoded or is not going to be, for the error reply; empty where it cannot be
 * read. Protocol section 13.2 R7.
 */
export function peekInvocationId(bytes: Uint8Array): string {
  let id = "";
  try {
    const limits = { maxMessageBytes: bytes.length, maxTextBytes: MAX_PEEKED_ID_BYTES };
    const reader = new MessagePackReader(bytes, limits);
    readStruct(reader, INVOCATION, (place) => {
      if (place === 4) id = reader.text();
      else reader.skip();
    });
  } catch {
    // Whatever is wrong with the message was or will be reported by the one who refuses it.
  }
  return id;
}
