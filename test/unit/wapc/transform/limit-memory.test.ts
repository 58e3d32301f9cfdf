import { describe, expect, it } from "vitest";
import { limitMemory, prepareModule, stripCustomSections } from "../../../../src/wapc/index.ts";
import { readModule } from "../../../../src/wasm/index.ts";
import { testActor } from "../../../support/actors.ts";
import { custom, guest, section, wasm } from "../../claims/wasm.ts";
import { assemble, codeOf } from "./modules.ts";

const MIB = 1024 * 1024;

function pagesAfterGrowing(text: string, maxBytes: number, by: number): { grown: number; pages: number } {
  const bytes = limitMemory(assemble(text), maxBytes);
  const memory = new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports[
    "memory"
  ] as WebAssembly.Memory;
  let grown = 0;
  try {
    for (; grown < by; grown++) memory.grow(1);
  } catch {
    // The limit is reached.
  }
  return { grown, pages: memory.buffer.byteLength / 65_536 };
}

describe("limitMemory", () => {
  it.each([
    ["without a maximum", `(module (memory (export "memory") 2))`],
    ["with a higher maximum", `(module (memory (export "memory") 2 1000))`],
  ])("stops a memory %s at the limit", (_, text) => {
    expect(pagesAfterGrowing(text, MIB, 100)).toEqual({ grown: 14, pages: 16 });
  });

  it("keeps a lower maximum", () => {
    expect(pagesAfterGrowing(`(module (memory (export "memory") 1 3))`, MIB, 100)).toEqual({
      grown: 2,
      pages: 3,
    });
  });

  it("rounds down to whole pages", () => {
    expect(pagesAfterGrowing(`(module (memory (export "memory") 1))`, 3 * 65_536 - 1, 100).pages).toBe(2);
  });

  it("takes any limit beyond 4 GiB for 4 GiB", () => {
    const bytes = limitMemory(assemble(`(module (memory (export "memory") 1))`), 2 ** 40);
    expect(WebAssembly.validate(bytes)).toBe(true);
  });

  it("refuses a module that needs more than the limit to start, and says how much", () => {
    const bytes = assemble(`(module (memory 33))`);
    expect(() => limitMemory(bytes, 2 * MIB)).toThrow(
      expect.objectContaining({ code: "module.memory_limit", hint: expect.stringContaining("3 MiB") }),
    );
  });

  it.each([
    ["shared", section(5, [1, 3, 1, 2])],
    ["of 64 bits", section(5, [1, 4, 1])],
    ["one of several", section(5, [2, 0, 1, 0, 1])],
  ])("refuses a memory that is %s", (_, memory) => {
    expect(codeOf(() => limitMemory(wasm(memory), MIB))).toBe("module.unsupported_memory");
  });

  it("leaves a module without memory alone", () => {
    expect(limitMemory(wasm(), MIB)).toEqual(wasm());
  });
});

describe("stripCustomSections", () => {
  it("drops them wherever they are, and nothing else", () => {
    const stripped = stripCustomSections(
      wasm(custom("a"), section(1, [0]), custom("b", [1]), section(3, [0]), custom("jwt")),
    );
    expect(stripped).toEqual(wasm(section(1, [0]), section(3, [0])));
  });

  it("does not change its input", () => {
    const bytes = guest();
    stripCustomSections(bytes);
    expect(bytes).toEqual(guest());
  });
});

describe("prepareModule", () => {
  it("leaves a module with neither claims nor names, with limited memory and, where asked for, fuel", () => {
    const { bytes } = testActor("echo");
    for (const fuel of [false, true]) {
      const prepared = prepareModule(bytes, { maxMemoryBytes: MIB, fuel });
      expect(readModule(prepared).some(({ id }) => id === 0)).toBe(false);
      expect(prepared.length < bytes.length).toBe(!fuel || prepared.length < bytes.length);
      const exports = WebAssembly.Module.exports(new WebAssembly.Module(prepared)).map(({ name }) => name);
      expect(exports.includes("__weblattice_fuel")).toBe(fuel);
    }
  });
});
