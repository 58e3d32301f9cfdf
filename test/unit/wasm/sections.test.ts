import { describe, expect, it } from "vitest";
import { readModule } from "../../../src/wasm/index.ts";
import { errorOf } from "../claims/errors.ts";
import { utf8 } from "../claims/hex.ts";
import { guest, guestSections, HEADER, leb, section, wasm } from "../claims/wasm.ts";

describe("readModule", () => {
  it("finds every section", () => {
    const sections = readModule(guest());
    expect(sections.map(({ id, name }) => name ?? id)).toEqual(["first", 1, 3, 7, 10, "producers"]);
    expect(sections[0]).toEqual({ id: 0, name: "first", start: 8, content: 16, end: 19 });
    expect(sections.at(-1)?.end).toBe(guest().length);
  });

  it("accepts an empty module", () => {
    expect(readModule(wasm())).toEqual([]);
  });

  it.each([
    ["nothing", Uint8Array.of()],
    ["half a header", Uint8Array.from(HEADER.slice(0, 7))],
    ["text", utf8("(module (memory 1))")],
    ["another version", Uint8Array.from(HEADER.with(4, 2))],
    ["a section that is cut short", guest().subarray(0, -1)],
    ["a section size beyond the end", wasm([1, 0x7f])],
    ["a code section whose size reaches past the end", wasm([10, ...leb(1_000_000), 1, 0])],
    ["a section size of 4 GiB", wasm([1, 0xff, 0xff, 0xff, 0xff, 0x0f])],
    ["a section size of more than 32 bits", wasm([1, 0x80, 0x80, 0x80, 0x80, 0x10])],
    ["a section size of more than 5 bytes", wasm([1, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00])],
    ["a section without a size", wasm([1])],
    ["an unknown section", wasm(section(14, []))],
    ["a section id beyond 127", wasm(section(0x81, []))],
    ["a stray byte at the end", wasm(...guestSections(), [0])],
    ["a name beyond its section", wasm(section(0, [4, 0x6a, 0x77, 0x74]), section(0, [1, 0x61]))],
    ["a name that is not UTF-8", wasm(section(0, [1, 0xff]))],
    ["a custom section without a name", wasm(section(0, []))],
    [
      "more sections than any compiler writes",
      wasm(...Array.from({ length: 10_001 }, () => section(0, [0]))),
    ],
  ])("refuses %s", async (_, bytes) => {
    expect((await errorOf(() => readModule(bytes))).code).toBe("module.malformed");
  });

  it("says what a component is", async () => {
    const error = await errorOf(() =>
      readModule(Uint8Array.of(0x00, 0x61, 0x73, 0x6d, 0x0d, 0x00, 0x01, 0x00)),
    );
    expect(error.code).toBe("module.malformed");
    expect(error.message).toContain("component");
  });
});
