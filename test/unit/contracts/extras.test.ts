import { describe, expect, it } from "vitest";
import {
  decodeExtrasRequest,
  EXTRAS_CONTRACT,
  encodeGeneratedValue,
  extrasContract,
} from "../../../src/contracts/index.ts";
import { bytes, hex, NOTHING, pack, vector } from "./payloads.ts";

/** Host-call payloads of the real extras actor, contracts section 8.2. */
const RANDOM = "85a467756964c2a873657175656e6365c2a672616e646f6dc3a36d696e00a36d617864";
const GUID = "85a467756964c3a873657175656e6365c2a672616e646f6dc2a36d696e00a36d617800";
const SEQUENCE = "85a467756964c2a873657175656e6365c3a672616e646f6dc2a36d696e00a36d617800";

describe("a request to the extras", () => {
  it("is of the contract that every host has", () => {
    expect(EXTRAS_CONTRACT).toBe("wasmcloud:extras");
  });

  it.each([
    ["random", RANDOM, { form: "full", random: true, min: 0, max: 100 }],
    ["guid", GUID, { form: "full", random: false, min: 0, max: 0 }],
    ["sequence", SEQUENCE, { form: "full", random: false, min: 0, max: 0 }],
  ])("is read as the real actor sends it: %s", (_name, payload, request) => {
    expect(decodeExtrasRequest(bytes(payload))).toEqual(request);
  });

  it("of the protocol's example is the same as that of the real actor", () => {
    expect(vector("GeneratorRequest").hex).toBe(GUID);
  });

  it("may have its five fields by position", () => {
    expect(decodeExtrasRequest(pack([false, false, true, 3, 9]))).toEqual({
      form: "full",
      random: true,
      min: 3,
      max: 9,
    });
  });

  it("of the second generation is empty, or has only a range", () => {
    expect(decodeExtrasRequest(NOTHING)).toEqual({ form: "bare", random: false, min: 0, max: 0 });
    expect(decodeExtrasRequest(pack({ min: 1, max: 6 }))).toEqual({
      form: "bare",
      random: true,
      min: 1,
      max: 6,
    });
    expect(decodeExtrasRequest(pack({ max: 6, min: 1, other: 1 }))).toMatchObject({ form: "bare", max: 6 });
  });

  it.each([
    ["lacks a field", { guid: true, sequence: true, random: true, min: 1 }],
    ["has a negative bound", { min: -1, max: 1 }],
    ["has a bound beyond 32 bits", { min: 0, max: 2 ** 32 }],
    ["has a bound that is no integer", { min: 0, max: 1.5 }],
    ["is an empty map", {}],
    ["is nil", null],
    ["is a text", "guid"],
    ["is a list of two", [1, 2]],
  ])("that %s is refused", (_why, value) => {
    expect(() => decodeExtrasRequest(pack(value))).toThrow(
      expect.objectContaining({
        code: "provider.bad_request",
        message: expect.stringMatching(/^Failed to de-serialize: ./),
      }),
    );
  });
});

describe("an answer of the extras", () => {
  it("is a map of three fields for the first generation, byte for byte", () => {
    expect(hex(encodeGeneratedValue("full", { sequence: 7 }))).toBe(vector("GeneratorResult").hex);
    expect(hex(encodeGeneratedValue("full", { random: 200 }))).toBe(
      "83a467756964c0ae73657175656e63654e756d62657200ad72616e646f6d5f6e756d626572ccc8",
    );
    expect(hex(encodeGeneratedValue("full", { guid: "ab" }))).toBe(
      "83a467756964a26162ae73657175656e63654e756d62657200ad72616e646f6d5f6e756d62657200",
    );
    expect(hex(encodeGeneratedValue("full", {}))).toBe(
      "83a467756964c0ae73657175656e63654e756d62657200ad72616e646f6d5f6e756d62657200",
    );
  });

  it("is the value itself for the second generation", () => {
    expect(hex(encodeGeneratedValue("bare", { guid: "ab" }))).toBe("a26162");
    expect(hex(encodeGeneratedValue("bare", { sequence: 0 }))).toBe("00");
    expect(hex(encodeGeneratedValue("bare", { random: 300 }))).toBe("cd012c");
    expect(hex(encodeGeneratedValue("bare", { sequence: 2 ** 40 }))).toBe("cf0000010000000000");
  });
});

describe("the extras contract", () => {
  const { RequestGuid, RequestRandom, RequestSequence } = extrasContract.calls;

  it("writes the requests that the real actor sends", () => {
    const full = { form: "full", random: false, min: 0, max: 0 } as const;
    expect(hex(RequestRandom.request.encode({ ...full, random: true, max: 100 }))).toBe(RANDOM);
    expect(hex(RequestSequence.request.encode(full))).toBe(SEQUENCE);
    expect(hex(RequestGuid.request.encode({ ...full, form: "bare" }))).toBe("");
  });

  it("reads the answers of both generations", () => {
    expect(RequestSequence.reply.decode(vector("GeneratorResult").bytes)).toEqual({
      form: "full",
      value: { sequence: 7, random: 0 },
    });
    expect(RequestGuid.reply.decode(pack("ab"))).toEqual({ form: "bare", value: { guid: "ab" } });
    expect(RequestRandom.reply.decode(pack(300))).toEqual({ form: "bare", value: { random: 300 } });
    expect(() => RequestGuid.reply.decode(pack(1))).toThrow(
      expect.objectContaining({ code: "provider.bad_request" }),
    );
  });
});
