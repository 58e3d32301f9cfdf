import { describe, expect, it } from "vitest";
import { Immediates, immediatesOf, skipImmediates, skipPlain, WasmReader } from "../../../src/wasm/index.ts";

/** Where a reader is after one instruction; undefined for an unknown one. */
function lengthOf(...instruction: number[]): number | undefined {
  const reader = new WasmReader(Uint8Array.from([...instruction, 0x0b]));
  return skipImmediates(reader, reader.byte()) ? reader.offset : undefined;
}

describe("the table of instructions", () => {
  it.each([
    ["i32.add", [0x6a]],
    ["call with a padded index", [0x10, 0x81, 0x80, 0x00]],
    ["call_indirect", [0x11, 0x05, 0x00]],
    ["a block of a type with an index", [0x02, 0xc0, 0x00]],
    ["a block of references to a type", [0x02, 0x64, 0x80, 0x01]],
    ["br_table", [0x0e, 0x02, 0x00, 0x01, 0x02]],
    ["select of a type", [0x1c, 0x01, 0x6f]],
    ["try_table", [0x1f, 0x40, 0x02, 0x00, 0x01, 0x02, 0x02, 0x03]],
    ["a load from a second memory", [0x28, 0x42, 0x01, 0x10]],
    ["i64.const of its full length", [0x42, ...Array<number>(9).fill(0xff), 0x7f]],
    ["f64.const", [0x44, 1, 2, 3, 4, 5, 6, 7, 8]],
    ["memory.copy", [0xfc, 0x0a, 0x00, 0x00]],
    ["v128.const", [0xfd, 0x0c, ...Array<number>(16).fill(0x0b)]],
    ["a store of a lane", [0xfd, 0x58, 0x00, 0x04, 0x03]],
    ["relaxed arithmetic of vectors", [0xfd, 0x93, 0x02]],
    ["return_call", [0x12, 0x07]],
    ["ref.null", [0xd0, 0x70]],
  ])("knows where it ends: %s", (_, instruction) => {
    expect(lengthOf(...instruction)).toBe(instruction.length);
  });

  it.each([
    ["threads", [0xfe, 0x10, 0x02, 0x00]],
    ["garbage collection", [0xfb, 0x00, 0x00]],
    ["a gap", [0x27]],
    ["a gap among vectors", [0xfd, 0xa2, 0x01]],
    ["beyond the bulk instructions", [0xfc, 0x13]],
    ["an unknown clause of try_table", [0x1f, 0x40, 0x01, 0x04, 0x00]],
  ])("does not guess: %s", (_, instruction) => {
    expect(lengthOf(...instruction)).toBeUndefined();
  });

  it("says what an opcode is followed by", () => {
    expect(immediatesOf(0x03)).toBe(Immediates.block);
    expect(immediatesOf(0xff)).toBe(Immediates.unknown);
  });

  it("passes over plain instructions up to one that has to be looked at", () => {
    // local.get 300, i32.const -1, i32.store align=2 offset=128, i32.add, then global.get, or loop
    const plain = [0x20, 0xac, 0x02, 0x41, 0x7f, 0x36, 0x02, 0x80, 0x01, 0x6a];
    for (const next of [
      [0x23, 0x00],
      [0x03, 0x40],
      [0x28, 0x40, 0x00, 0x00],
      [0xfd, 0x00],
    ]) {
      const reader = new WasmReader(Uint8Array.from([...plain, ...next]));
      skipPlain(reader);
      expect(reader.offset).toBe(plain.length);
    }
  });

  it.each([[[0x20]], [[0x41, 0x80]], [[0x28, 0x02, 0xff]]])("refuses one that is cut short: %s", (bytes) => {
    expect(() => skipPlain(new WasmReader(Uint8Array.from(bytes)))).toThrow(
      expect.objectContaining({ code: "module.malformed" }),
    );
  });
});
