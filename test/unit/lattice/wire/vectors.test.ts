import { describe, expect, test } from "vitest";
import { actorPayload, parseActorPayload } from "../../../../src/claims/index.ts";
import {
  decodeCacheEvent,
  decodeCacheEventWrapper,
  decodeClaims,
  decodeInvocation,
  decodeInvocationResponse,
  decodeLinkDefinition,
  decodeReplayRequest,
  decodeReplayRequestAck,
  encodeCacheEvent,
  encodeCacheEventWrapper,
  encodeClaims,
  encodeInvocation,
  encodeInvocationResponse,
  encodeLinkDefinition,
  encodeReplayRequest,
  encodeReplayRequestAck,
} from "../../../../src/lattice/index.ts";
import { readEntity, writeEntity } from "../../../../src/lattice/wire/entity-codec.ts";
import { MessagePackReader } from "../../../../src/lattice/wire/message-pack-reader.ts";
import { MessagePackWriter } from "../../../../src/lattice/wire/message-pack-writer.ts";
import { bytes, hex, vectorInvocation, vectors } from "../lattice-vectors.ts";

describe("golden vectors", () => {
  test.each(vectors.entities)("an entity is written and read: $hex", (vector) => {
    const writer = new MessagePackWriter();
    writeEntity(writer, vector.value);
    expect(hex(writer.finish())).toBe(vector.hex);
    expect(readEntity(new MessagePackReader(bytes(vector.hex)))).toEqual(vector.value);
  });

  test.each(vectors.acceptedEntities)("an entity in another form is read: $hex", (vector) => {
    expect(readEntity(new MessagePackReader(bytes(vector.hex)))).toEqual(vector.value);
  });

  test.each(vectors.byteArrays)("a byte array is written and read: $hex", (vector) => {
    const writer = new MessagePackWriter();
    writer.integerArray(Uint8Array.from(vector.bytes));
    expect(hex(writer.finish())).toBe(vector.hex);
    expect([...new MessagePackReader(bytes(vector.hex)).payload()]).toEqual(vector.bytes);
  });

  test.each(vectors.contractPayloads)("the payload $name is passed over whole", (vector) => {
    const reader = new MessagePackReader(bytes(`${vector.hex}2a`));
    reader.skip();
    expect(reader.int(0, 255)).toBe(42);
  });

  test.each(vectors.cacheEvents)("$value.kind is written and read", (vector) => {
    expect(hex(encodeCacheEvent(vector.value))).toBe(vector.hex);
    expect(decodeCacheEvent(bytes(vector.hex))).toEqual(vector.value);
  });

  test.each(vectors.cacheEventWrappers)("a wrapped cache event is written and read", (vector) => {
    expect(hex(encodeCacheEventWrapper(vector.value))).toBe(vector.hex);
    expect(decodeCacheEventWrapper(bytes(vector.hex))).toEqual(vector.value);
  });

  test.each(vectors.replayRequests)("a replay request is written and read: $hex", (vector) => {
    expect(hex(encodeReplayRequest(vector.value))).toBe(vector.hex);
    expect(decodeReplayRequest(bytes(vector.hex))).toEqual(vector.value);
  });

  test.each(vectors.replayRequestAcks)("a replay acknowledgement is written and read: $hex", (vector) => {
    expect(hex(encodeReplayRequestAck(vector.value))).toBe(vector.hex);
    expect(decodeReplayRequestAck(bytes(vector.hex))).toEqual(vector.value);
  });

  test.each(vectors.responses)(
    "a response is written and read: $hex",
    ({ hex: encoded, payload, ...rest }) => {
      const response = { ...rest, payload: bytes(payload) };
      expect(hex(encodeInvocationResponse(response))).toBe(encoded);
      expect(decodeInvocationResponse(bytes(encoded))).toEqual(response);
    },
  );

  test.each(vectors.links)("a link is written and read: $hex", (vector) => {
    expect(hex(encodeLinkDefinition(vector.value))).toBe(vector.hex);
    expect(decodeLinkDefinition(bytes(vector.hex))).toEqual(vector.value);
  });

  test("claims are written and read", () => {
    const claims = parseActorPayload(vectors.claims.payload);
    expect(hex(encodeClaims(claims))).toBe(vectors.claims.hex);
    expect(decodeClaims(bytes(vectors.claims.hex))).toEqual(claims);
    expect(actorPayload(decodeClaims(bytes(vectors.claims.hex)))).toEqual(vectors.claims.payload);
  });

  test("the invocation of 878 bytes is written and read", () => {
    expect(hex(encodeInvocation(vectorInvocation()))).toBe(vectors.invocation.hex);
    expect(decodeInvocation(bytes(vectors.invocation.hex))).toEqual(vectorInvocation());
  });
});
