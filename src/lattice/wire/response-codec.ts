import { DEFAULT_WIRE_LIMITS, type WireLimits } from "./limits.ts";
import { MessagePackReader } from "./message-pack-reader.ts";
import { MessagePackWriter } from "./message-pack-writer.ts";
import { readStruct, required, structShape } from "./struct.ts";

/** The answer to an invocation. */
export interface InvocationResponse {
  /** The result; empty if there is an error. */
  readonly payload: Uint8Array;
  /** Why there is no result. */
  readonly error?: string;
  /** The id of the invocation, as its receiver understood it. */
  readonly invocationId: string;
}

const RESPONSE = structShape("msg", "error", "invocation_id");

/** A response as it is sent to a reply subject. Protocol section 3.4. */
export function encodeInvocationResponse(response: InvocationResponse): Uint8Array {
  const { payload, error, invocationId } = response;
  const writer = new MessagePackWriter(payload.length * 2 + (error?.length ?? 0) + 128);
  writer.mapHeader(3);
  writer.text("msg");
  writer.integerArray(payload);
  writer.text("error");
  if (error === undefined) writer.nil();
  else writer.text(error);
  writer.text("invocation_id");
  writer.text(invocationId);
  return writer.finish();
}

/**
 * The response in a message.
 *
 * @param limits - default {@link DEFAULT_WIRE_LIMITS}.
 * @throws HostError `lattice.undecodable`.
 */
export function decodeInvocationResponse(
  bytes: Uint8Array,
  limits: WireLimits = DEFAULT_WIRE_LIMITS,
): InvocationResponse {
  const reader = new MessagePackReader(bytes, limits);
  let payload: Uint8Array | undefined;
  let error: string | undefined;
  let invocationId: string | undefined;
  readStruct(reader, RESPONSE, (place) => {
    if (place === 0) payload = reader.payload();
    else if (place === 2) invocationId = reader.text();
    else if (!reader.takeNil()) error = reader.text();
  });
  return {
    payload: required(payload, "msg"),
    ...(error === undefined ? {} : { error }),
    invocationId: required(invocationId, "invocation_id"),
  };
}
