import * as v from "valibot";
import { describe, expect, it } from "vitest";
import {
  bytesField,
  decodeMessage,
  decodeValue,
  encodeMessage,
  int32Field,
  uint32Field,
} from "../../../src/contracts/payload.ts";
import { bytes, hex, NOTHING, pack } from "./payloads.ts";

const refused = (message: unknown) => expect.objectContaining({ code: "provider.bad_request", message });

describe("a field of bytes", () => {
  const fields = { body: bytesField };

  it.each([
    ["bin", "81a4626f6479c403010280"],
    ["an array of integers", "81a4626f6479930102cc80"],
  ])("is taken as %s", (_form, payload) => {
    expect(decodeMessage(fields, bytes(payload))).toEqual({ body: Uint8Array.of(1, 2, 128) });
  });

  it("is taken as a text, in UTF-8", () => {
    expect(decodeMessage(fields, pack({ body: "hé" })).body).toEqual(Uint8Array.of(0x68, 0xc3, 0xa9));
  });

  it("may be empty in each form", () => {
    for (const body of [NOTHING, [], ""]) {
      expect(decodeMessage(fields, pack({ body })).body).toEqual(NOTHING);
    }
  });

  it.each([null, [256], [-1], [0.5], ["a"], 1, {}])("is refused as %j", (body) => {
    expect(() => decodeMessage(fields, pack({ body }))).toThrow(refused(expect.stringContaining("`body`")));
  });

  it("is sent as bin", () => {
    expect(hex(encodeMessage({ body: Uint8Array.of(1, 2) }))).toBe("81a4626f6479c4020102");
  });
});

describe("numbers", () => {
  it.each([
    [int32Field, -(2 ** 31), 2 ** 31 - 1],
    [uint32Field, 0, 2 ** 32 - 1],
  ])("keep to the bounds of their type", (field, least, most) => {
    const read = (n: unknown): unknown => decodeMessage({ n: field }, pack({ n })).n;
    expect(read(least)).toBe(least);
    expect(read(most)).toBe(most);
    for (const wrong of [least - 1, most + 1, 0.5, "1", null, true]) {
      expect(() => read(wrong)).toThrow(refused(expect.stringContaining("`n`")));
    }
  });

  it("are taken in any width that holds them", () => {
    for (const five of [
      "05",
      "cc05",
      "cd0005",
      "ce00000005",
      "cf0000000000000005",
      "d005",
      "d30000000000000005",
    ]) {
      expect(decodeMessage({ n: int32Field }, bytes(`81a16e${five}`))).toEqual({ n: 5 });
    }
  });
});

describe("a message", () => {
  const fields = { first: v.string(), second: v.optional(v.nullable(int32Field)) };

  it("may come as an array in the order of its fields, which may be shorter or longer", () => {
    expect(decodeMessage(fields, pack(["a", 1]))).toEqual({ first: "a", second: 1 });
    expect(decodeMessage(fields, pack(["a"]))).toEqual({ first: "a" });
    expect(decodeMessage(fields, pack(["a", 1, {}, []]))).toEqual({ first: "a", second: 1 });
    expect(() => decodeMessage(fields, pack([]))).toThrow(refused(expect.stringContaining("`first`")));
  });

  it("keeps the order of its fields when written", () => {
    expect(hex(encodeMessage({ b: 1, a: 2 }))).toBe("82a16201a16102");
  });
});

describe("a value that is not whole", () => {
  it("fails with the texts of first-party decoders", () => {
    const start = "Failed to de-serialize: ";
    const marker = `${start}IO error while reading marker: failed to fill whole buffer`;
    expect(() => decodeValue(NOTHING)).toThrow(refused(marker));
    expect(() => decodeValue(bytes("82a16101"))).toThrow(refused(expect.stringContaining("failed to fill")));
    expect(() => decodeValue(bytes("c1"))).toThrow(refused(`${start}wrong msgpack marker Reserved`));
    expect(() => decodeValue(bytes("a361"))).toThrow(
      refused(`${start}IO error while reading data: failed to fill whole buffer`),
    );
  });

  it.each([
    "c5ff",
    "c403",
    "c7",
    "c70201",
    "ca0000",
    "cb00",
    "cd00",
    "d30000",
    "d40",
    "d9",
    "da00",
    "dbffffffff61",
    "dc00",
    "dd0000",
    "ddffffffff",
    "de00",
    "df7fffffff",
    "9201a1",
    "d801",
  ])("%s is refused as one, whatever the header", (payload) => {
    expect(() => decodeValue(bytes(payload))).toThrow(
      refused(expect.stringContaining("failed to fill whole buffer")),
    );
  });

  it("cannot make the decoder take memory for what it only promises", () => {
    const before = process.memoryUsage().arrayBuffers + process.memoryUsage().heapTotal;
    const nested = Uint8Array.from({ length: 1_000 }, (_, i) => [0xdd, 0x00, 0x40, 0x00, 0x00][i % 5] ?? 0);
    expect(() => decodeValue(nested)).toThrow(
      refused(expect.stringContaining("failed to fill whole buffer")),
    );
    expect(process.memoryUsage().arrayBuffers + process.memoryUsage().heapTotal - before).toBeLessThan(5e7);
  });

  it("is refused when it is nested too deeply", () => {
    const nest = (depth: number): Uint8Array =>
      Uint8Array.from({ length: depth + 1 }, () => 0x91).fill(0xc0, depth);
    expect(decodeValue(nest(60))).toHaveLength(1);
    expect(() => decodeValue(nest(100_000))).toThrow(refused("Failed to de-serialize: depth limit exceeded"));
  });
});

describe("every kind of value", () => {
  it.each([
    ["c0", null],
    ["c2", false],
    ["7f", 127],
    ["e0", -32],
    ["cc80", 128],
    ["d1ff00", -256],
    ["ca3f800000", 1],
    ["cb3ff0000000000000", 1],
    ["a161", "a"],
    ["d90161", "a"],
    ["da000161", "a"],
    ["db0000000161", "a"],
    ["dc000101", [1]],
    ["dd0000000101", [1]],
    ["de0001a16101", { a: 1 }],
    ["df00000001a16101", { a: 1 }],
    ["90", []],
    ["80", {}],
    ["c40101", Uint8Array.of(1)],
    ["c5000101", Uint8Array.of(1)],
    ["c60000000101", Uint8Array.of(1)],
  ])("%s is read", (payload, value) => {
    expect(decodeValue(bytes(payload))).toEqual(value);
  });

  it("is passed over where nobody asked for it, extensions of all sizes included", () => {
    const extensions = [
      "d40500",
      "d5050000",
      "d60500000000",
      `d705${"00".repeat(8)}`,
      `d805${"00".repeat(16)}`,
      "c7010500",
      "c800010500",
      "c9000000010500",
    ];
    const payload = bytes(`82a178${`9${extensions.length}`}${extensions.join("")}a16e01`);
    expect(decodeMessage({ n: int32Field }, payload)).toEqual({ n: 1 });
  });
});
