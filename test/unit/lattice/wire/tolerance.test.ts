import { encode } from "@msgpack/msgpack";
import { describe, expect, test } from "vitest";
import {
  decodeCacheEvent,
  decodeCacheEventWrapper,
  decodeClaims,
  decodeInvocation,
  decodeInvocationResponse,
  decodeLinkDefinition,
  decodeReplayRequest,
  peekInvocationId,
} from "../../../../src/lattice/index.ts";
import { readEntity } from "../../../../src/lattice/wire/entity-codec.ts";
import { MessagePackReader } from "../../../../src/lattice/wire/message-pack-reader.ts";
import { bytes, vectorInvocation, vectors } from "../lattice-vectors.ts";

/** What a JavaScript peer would send: variant names, payload as bytes. */
function plainInvocation(): Record<string, unknown> {
  const { token, hostId, payload, target, ...rest } = vectorInvocation();
  return {
    ...rest,
    origin: { Actor: "system" },
    target: { Actor: target.id },
    msg: payload,
    encoded_claims: token,
    host_id: hostId,
  };
}

function without(source: Record<string, unknown>, field: string): Record<string, unknown> {
  return Object.fromEntries(Object.entries(source).filter(([key]) => key !== field));
}

describe("entities", () => {
  const actor = { kind: "actor", id: "hi" };
  const provider = { kind: "provider", id: "V", contractId: "c", linkName: "l" };
  test.each([
    ["8100a26869", actor],
    ["81cc00a26869", actor],
    ["81cd0000a26869", actor],
    ["81d30000000000000000a26869", actor],
    ["de000100a26869", actor],
    ["df0000000100a26869", actor],
    ["81a54163746f72a26869", actor],
    ["81d9054163746f72d9026869", actor],
    ["81c4054163746f72c4026869", actor],
    ["810193a156a163a16c", provider],
    ["81aa4361706162696c69747993a156a163a16c", provider],
    ["810183a96c696e6b5f6e616d65a16cab636f6e74726163745f6964a163a26964a156", provider],
  ])("%s is read", (encoded, entity) => {
    expect(readEntity(new MessagePackReader(bytes(encoded)))).toEqual(entity);
  });

  test.each([
    ["81a130a26869", "unknown variant `0`, expected one of Actor, Capability"],
    ["8102a26869", "integer 2 is not in 0..=1"],
    ["80", "a variant is a map of one entry, not of 0"],
    ["8200a2686901a26869", "a variant is a map of one entry, not of 2"],
    ["a26869", "invalid type: text, expected map"],
    ["81ca00000000a26869", "invalid type: float, expected text"],
    ["810182a26964a156ab636f6e74726163745f6964a163", "missing field `link_name`"],
    ["810192a156a163", "missing field `link_name`"],
  ])("%s is refused", (encoded, reason) => {
    expect(() => readEntity(new MessagePackReader(bytes(encoded)))).toThrow(
      `Failed to de-serialize: ${reason}`,
    );
  });
});

describe("structs", () => {
  test("an invocation of a JavaScript peer is read", () => {
    expect(decodeInvocation(encode(plainInvocation()))).toEqual(vectorInvocation());
  });

  test("fields may come in any order, among unknown ones", () => {
    const reversed = Object.entries({ ...plainInvocation(), trace: { deep: [1, { x: null }] } }).reverse();
    expect(decodeInvocation(encode(Object.fromEntries(reversed)))).toEqual(vectorInvocation());
  });

  test("keys that are no text are passed over", () => {
    expect(decodeReplayRequest(bytes("82 07 92c0c2 a368776d 0c"))).toEqual({ highWaterMark: 12 });
  });

  test("a struct may come as an array", () => {
    const { origin, target, operation, msg, id, encoded_claims, host_id } = plainInvocation();
    const fields = [origin, target, operation, msg, id, encoded_claims, host_id];
    expect(decodeInvocation(encode(fields))).toEqual(vectorInvocation());
    expect(decodeInvocation(encode([...fields, "more"]))).toEqual(vectorInvocation());
  });

  test("trailing bytes are ignored", () => {
    expect(decodeInvocation(bytes(`${vectors.invocation.hex}c1ff00`))).toEqual(vectorInvocation());
  });

  test("a field that comes twice is refused", () => {
    expect(() => decodeReplayRequest(bytes("82 a368776d 0c a368776d 0c"))).toThrow(
      "Failed to de-serialize: duplicate field `hwm`",
    );
  });

  test.each(["origin", "target", "operation", "msg", "id", "encoded_claims", "host_id"])(
    "an invocation without %s is refused",
    (field) => {
      expect(() => decodeInvocation(encode(without(plainInvocation(), field)))).toThrow(
        `Failed to de-serialize: missing field \`${field}\``,
      );
    },
  );

  test("a payload may be nil or an array of integers", () => {
    expect(decodeInvocation(encode({ ...plainInvocation(), msg: null })).payload).toHaveLength(0);
    expect([...decodeInvocation(encode({ ...plainInvocation(), msg: [1, 200] })).payload]).toEqual([1, 200]);
    expect(() => decodeInvocation(encode({ ...plainInvocation(), msg: "text" }))).toThrow(
      "invalid type: text, expected an array of bytes",
    );
  });

  test("a response needs no error field, but the others", () => {
    const response = { payload: new Uint8Array([1]), invocationId: "i" };
    expect(decodeInvocationResponse(encode({ msg: [1], invocation_id: "i" }))).toEqual(response);
    expect(decodeInvocationResponse(encode([new Uint8Array([1]), null, "i"]))).toEqual(response);
    expect(() => decodeInvocationResponse(encode({ msg: [] }))).toThrow("missing field `invocation_id`");
    expect(() => decodeInvocationResponse(encode({ error: "e", invocation_id: "i" }))).toThrow(
      "missing field `msg`",
    );
  });

  test("a link may come without values, but no value may be a number", () => {
    const link = { actor_id: "M", provider_id: "V", link_name: "l", contract_id: "c" };
    expect(decodeLinkDefinition(encode(link)).values).toEqual({});
    expect(decodeLinkDefinition(encode({ ...link, values: null })).values).toEqual({});
    expect(decodeLinkDefinition(encode(["M", "V", "l", "c", { a: "b" }])).values).toEqual({ a: "b" });
    expect(() => decodeLinkDefinition(encode({ ...link, values: { PORT: 8080 } }))).toThrow(
      "invalid type: integer, expected text",
    );
  });

  test("claims may have nil for what is absent", () => {
    const payload = vectors.claims.payload;
    expect(decodeClaims(encode({ ...payload, exp: null, nbf: null }))).toEqual(decodeClaims(encode(payload)));
    expect(decodeClaims(encode({ ...payload, exp: 2 ** 33 })).expires).toBe(2 ** 33);
    expect(() => decodeClaims(encode(without({ ...payload }, "wascap")))).toThrow("Failed to de-serialize");
    expect(() => decodeClaims(encode({ ...payload, iat: 1.5 }))).toThrow("invalid type: float");
  });

  test("cache events may be named, and must be whole", () => {
    expect(decodeCacheEvent(encode({ ListPush: ["k", "v"] }))).toEqual({
      kind: "ListPush",
      key: "k",
      value: "v",
    });
    expect(decodeCacheEvent(bytes("8100 92 a16b d2fffffffb"))).toMatchObject({ amount: -5 });
    expect(() => decodeCacheEvent(bytes("8100 92 a16b ce80000000"))).toThrow("integer 2147483648 is not in");
    expect(() => decodeCacheEvent(bytes("8102 91 a16b"))).toThrow("ScalarSet has 2 elements, not 1");
    expect(() => decodeCacheEventWrapper(encode({ origin_id: "o" }))).toThrow("missing field `event`");
  });
});

describe("the id for an error reply", () => {
  test("is read though the rest cannot be decoded", () => {
    expect(peekInvocationId(encode({ origin: 7, msg: "text", id: "the id" }))).toBe("the id");
    expect(peekInvocationId(encode([1, 2, 3, 4, "the id"]))).toBe("the id");
    const cutOff = bytes(vectors.invocation.hex).subarray(0, 300);
    expect(peekInvocationId(cutOff)).toBe(vectors.invocation.id);
  });

  test.each(["", "c1", "00", "a26869", "8101", "81a2696407", "81a26964dbffffffff", "94"])(
    "is empty for %s",
    (encoded) => {
      expect(peekInvocationId(bytes(encoded))).toBe("");
    },
  );

  test("is empty if it is too long to be one", () => {
    expect(peekInvocationId(encode({ id: "x".repeat(257) }))).toBe("");
  });
});
