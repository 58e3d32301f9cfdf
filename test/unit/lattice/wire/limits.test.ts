import { encode } from "@msgpack/msgpack";
import { describe, expect, test } from "vitest";
import type { HostError } from "../../../../src/errors/index.ts";
import {
  DEFAULT_WIRE_LIMITS,
  decodeClaims,
  decodeInvocation,
  decodeLinkDefinition,
  encodeInvocation,
  encodeLinkDefinition,
} from "../../../../src/lattice/index.ts";
import { MessagePackReader } from "../../../../src/lattice/wire/message-pack-reader.ts";
import { bytes, vectorInvocation, vectors } from "../lattice-vectors.ts";

const LINK = { actorId: "M", providerId: "V", linkName: "default", contractId: "c" };

function thrown(work: () => unknown): HostError {
  try {
    work();
  } catch (error) {
    return error as HostError;
  }
  throw new Error("Nothing was thrown");
}

describe("messages and texts", () => {
  test("a message over the limit is refused", () => {
    const limits = { ...DEFAULT_WIRE_LIMITS, maxMessageBytes: 877 };
    const message = bytes(vectors.invocation.hex);
    expect(thrown(() => decodeInvocation(message, limits))).toMatchObject({
      code: "lattice.undecodable",
      message: "Failed to de-serialize: message of 878 bytes is over the limit of 877",
    });
    expect(decodeInvocation(message, { ...limits, maxMessageBytes: 878 }).id).toBe(vectors.invocation.id);
  });

  test("a text over the limit is refused", () => {
    const message = encodeInvocation({ ...vectorInvocation(), operation: "x".repeat(101) });
    const limits = { ...DEFAULT_WIRE_LIMITS, maxTextBytes: 100 };
    expect(thrown(() => decodeInvocation(message, limits)).message).toBe(
      "Failed to de-serialize: text of 101 bytes is over the limit of 100",
    );
  });

  test("lengths beyond the message are refused before anything is allocated", () => {
    for (const encoded of ["ddffffffff00", "c6ffffffff00"]) {
      expect(() => new MessagePackReader(bytes(encoded)).payload()).toThrow("Failed to de-serialize");
    }
    expect(() => new MessagePackReader(bytes("dfffffffff")).mapHeader()).toThrow("are announced but");
    expect(() => new MessagePackReader(bytes("dbffffffff")).skip()).toThrow("unexpected end");
  });

  test("deep nesting is refused, also where it would be ignored", () => {
    const deep = `81 a178 ${"91".repeat(100_000)} c0`;
    expect(() => decodeInvocation(bytes(deep))).toThrow("values are nested deeper than 32");
  });

  test("a payload of a megabyte passes both ways", () => {
    const payload = new Uint8Array(1_000_000).fill(200);
    const message = encodeInvocation({ ...vectorInvocation(), payload });
    const decoded = decodeInvocation(message, { ...DEFAULT_WIRE_LIMITS, maxMessageBytes: 3_000_000 });
    expect(Buffer.compare(decoded.payload, payload)).toBe(0);
  });
});

describe("links", () => {
  const values = (count: number, size: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, i) => [`key${i}`, "v".repeat(size)]));

  test("64 values of 4,096 bytes pass both ways", () => {
    const link = { ...LINK, values: values(64, 4_096) };
    expect(decodeLinkDefinition(encodeLinkDefinition(link))).toEqual(link);
  });

  test.each([
    ["65 values", { ...LINK, values: values(65, 1) }],
    ["a value of 4,097 bytes", { ...LINK, values: values(1, 4_097) }],
    ["a value of 4,098 bytes in fewer characters", { ...LINK, values: { a: "ü".repeat(2_049) } }],
    ["a key of 257 bytes", { ...LINK, values: { ["k".repeat(257)]: "v" } }],
    ["a link name with a dot", { ...LINK, linkName: "a.b", values: {} }],
    ["a link name with a wildcard", { ...LINK, linkName: "*", values: {} }],
    ["an empty link name", { ...LINK, linkName: "", values: {} }],
    ["a link name of 65 characters", { ...LINK, linkName: "a".repeat(65), values: {} }],
    ["an actor id of 257 bytes", { ...LINK, actorId: "M".repeat(257), values: {} }],
  ])("%s is refused both ways", (_what, link) => {
    expect(thrown(() => encodeLinkDefinition(link)).code).toBe("link.invalid");
    const encoded = encode([link.actorId, link.providerId, link.linkName, link.contractId, link.values]);
    const error = thrown(() => decodeLinkDefinition(encoded));
    expect(error.code).toBe("lattice.undecodable");
    expect(error.message).toMatch(/^Failed to de-serialize: /);
  });
});

describe("hostile keys", () => {
  test("__proto__ in link values is a value like any other", () => {
    const message = bytes(
      "95 a14d a156 a16c a163 83 a95f5f70726f746f5f5f a178 ab636f6e7374727563746f72 a179 a8746f537472696e67 a17a",
    );
    const { values } = decodeLinkDefinition(message);
    expect(Object.entries(values)).toEqual([
      ["__proto__", "x"],
      ["constructor", "y"],
      ["toString", "z"],
    ]);
    expect(Object.getPrototypeOf(values)).toBeNull();
    expect(({} as Record<string, unknown>)["x"]).toBeUndefined();
    expect(
      Object.entries(decodeLinkDefinition(encodeLinkDefinition(decodeLinkDefinition(message))).values),
    ).toEqual(Object.entries(values));
  });

  test("__proto__ in structs is an unknown field", () => {
    const hostile = encode({ ...vectors.claims.payload, nested: 1 });
    const text = Buffer.from(hostile)
      .toString("latin1")
      .replace("\xa6nested\x01", "\xa9__proto__\x81\xa8polluted\xc3");
    const claims = decodeClaims(new Uint8Array(Buffer.from(text, "latin1")));
    expect(claims.subject).toBe(vectors.claims.payload["sub"]);
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  });
});
