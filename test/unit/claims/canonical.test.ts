import { describe, expect, it } from "vitest";
import { canonicalModule } from "../../../src/claims/index.ts";
import vectors from "../../vectors/canonical.json" with { type: "json" };
import { errorOf } from "./errors.ts";
import { fromBase64 } from "./hex.ts";
import { custom, guest, guestSections, leb, name, section, wasm } from "./wasm.ts";

const PADDED = [0xff, 0xff, 0xff, 0xff, 0x7f];

/** A guest whose function consists of given instructions. */
function withCode(...instructions: number[]): Uint8Array<ArrayBuffer> {
  const body = [0, ...instructions, 0x0b];
  return wasm(...guestSections({ code: section(10, [1, ...leb(body.length), ...body]) }));
}

describe("canonicalModule", () => {
  it("does what the serializer of first-party tools does", () => {
    expect(canonicalModule(fromBase64(vectors.padded))).toEqual(fromBase64(vectors.canonical));
  });

  it("leaves a canonical module as it is", () => {
    const canonical = fromBase64(vectors.canonical);
    expect(canonicalModule(canonical)).toEqual(canonical);
    expect(canonicalModule(guest())).toEqual(guest());
  });

  it("shortens the sizes of sections, bodies and names", () => {
    const code = section(10, [...leb(1, 3), ...leb(4, 5), 0, 0x41, 1, 0x0b], 5);
    const title = [...leb(2, 2), ...name("ab").slice(1)];
    const padded = wasm(...guestSections({ code }), section(0, title, 4));
    expect(canonicalModule(padded)).toEqual(wasm(...guestSections(), custom("ab")));
  });

  it.each([
    ["i32.const -1", [0x41, ...PADDED], [0x41, 0x7f]],
    ["i32.const -64", [0x41, 0xc0, 0x7f], [0x41, 0x40]],
    ["i32.const -65", [0x41, 0xbf, 0xff, 0x7f], [0x41, 0xbf, 0x7f]],
    ["i32.const 64", [0x41, 0xc0, 0x80, 0x00], [0x41, 0xc0, 0x00]],
    ["the least i32", [0x41, 0x80, 0x80, 0x80, 0x80, 0x78], [0x41, 0x80, 0x80, 0x80, 0x80, 0x78]],
    ["i64.const -1", [0x42, ...Array(9).fill(0xff), 0x7f], [0x42, 0x7f]],
    ["the least i64", [0x42, ...Array(9).fill(0x80), 0x7f], [0x42, ...Array(9).fill(0x80), 0x7f]],
    ["f32.const", [0x43, 0x80, 0x80, 0x80, 0x00], [0x43, 0x80, 0x80, 0x80, 0x00]],
    ["f64.const", [0x44, ...Array(8).fill(0x80)], [0x44, ...Array(8).fill(0x80)]],
    ["local.get", [0x20, 0x81, 0x00], [0x20, 0x01]],
    ["i32.load", [0x28, 0x82, 0x00, 0x84, 0x00], [0x28, 0x02, 0x04]],
    ["br_table", [0x0e, 0x81, 0x00, 0x80, 0x00, 0x81, 0x00], [0x0e, 1, 0, 1]],
    ["call_indirect as LLVM writes it", [0x11, 0x80, 0x00, 0x80, 0x80, 0x80, 0x80, 0x00], [0x11, 0, 0]],
    [
      "blocks",
      [0x02, 0x40, 0x03, 0x7f, 0x0b, 0x04, 0x7e, 0x05, 0x0b, 0x0b],
      [0x02, 0x40, 0x03, 0x7f, 0x0b, 0x04, 0x7e, 0x05, 0x0b, 0x0b],
    ],
  ])("writes %s in its shortest form", (_, padded, shortest) => {
    expect(canonicalModule(withCode(...padded))).toEqual(withCode(...shortest));
  });

  it.each([
    ["sign extension", withCode(0xc0)],
    ["bulk memory", withCode(0xfc, 0x0b, 0)],
    ["SIMD", withCode(0xfd, 0x0c)],
    ["threads", withCode(0xfe, 0x00)],
    ["reference types", withCode(0xd2, 0)],
    ["tail calls", withCode(0x12, 0)],
    ["unknown instruction", withCode(0x27)],
    ["several values", withCode(0x02, 0x00, 0x0b)],
    ["several results", wasm(section(1, [1, 0x60, 0, 2, 0x7f, 0x7f]))],
    ["types that are not functions", wasm(section(1, [1, 0x5f, 0]))],
    ["value type 0x7b", wasm(section(1, [1, 0x60, 1, 0x7b, 0]))],
    ["reference types", wasm(section(4, [1, 0x6f, 0, 1]))],
    ["shared or 64-bit memory", wasm(section(5, [1, 3, 1, 1]))],
    ["more than one memory", withCode(0x40, 1)],
    ["more than one memory", withCode(0x28, 0x42, 0, 0)],
    ["more than one table", withCode(0x11, 0, 1)],
    ["passive segments", wasm(section(11, [1, 1, 0]))],
    ["imports of kind 4", wasm(section(2, [1, ...name("m"), ...name("f"), 4, 0]))],
    ["sections out of order", wasm(section(3, [0]), section(1, [0]))],
    ["sections out of order", wasm(section(1, [0]), section(1, [0]))],
  ])("refuses %s", async (feature, bytes) => {
    const error = await errorOf(() => canonicalModule(bytes));
    expect(error.code).toBe("module.not_portable");
    expect(error.message).toContain(feature);
    expect(error.hint).toContain("MVP");
  });

  it.each([
    ["a body that is longer than its code", wasm(section(10, [1, 3, 0, 0x0b, 0x0b]))],
    ["a body that is shorter than its code", wasm(section(10, [1, 2, 0, 0x41, 0x0b]))],
    ["a body beyond its section", wasm(section(10, [1, 9, 0, 0x0b]))],
    ["a section with bytes left over", wasm(section(3, [1, 0, 0]))],
    ["a list of four thousand million items", wasm(section(3, [0xff, 0xff, 0xff, 0xff, 0x0f]))],
    ["a constant of more than 32 bits", withCode(0x41, 0x80, 0x80, 0x80, 0x80, 0x08)],
    ["a constant of more than 64 bits", withCode(0x42, ...Array(10).fill(0x80), 0)],
    ["a name that is not UTF-8", wasm(section(7, [1, 1, 0xff, 0, 0]))],
  ])("refuses %s as malformed", async (_, bytes) => {
    expect((await errorOf(() => canonicalModule(bytes))).code).toBe("module.malformed");
  });
});
