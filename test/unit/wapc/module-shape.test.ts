import { describe, expect, it } from "vitest";
import { inspectModule, type ModuleShape } from "../../../src/wapc/index.ts";
import { testActor } from "../../support/actors.ts";
import { guestSections, leb, name, section, wasm } from "../claims/wasm.ts";
import { handmade } from "./handmade.ts";

const inspect = (bytes: Uint8Array<ArrayBuffer>): ModuleShape => inspectModule(new WebAssembly.Module(bytes));
const exported = (...entries: number[][]): number[] =>
  section(7, [...leb(entries.length), ...entries.flat()]);
const GUEST_CALL = [...name("__guest_call"), 0, 0];
const MEMORY = [...name("memory"), 2, 0];

/** A guest that imports functions of the type of `__guest_call`, and nothing else. */
function importing(
  ...imports: readonly (readonly [module: string, name: string])[]
): Uint8Array<ArrayBuffer> {
  const { length } = imports;
  const [types = [], functions = [], , code = []] = guestSections();
  const entries = imports.map(([from, title]) => [...name(from), ...name(title), 0, 0]);
  return wasm(
    types,
    section(2, [...leb(length), ...entries.flat()]),
    functions,
    section(5, [1, 0, 1]),
    exported([...name("__guest_call"), 0, ...leb(length)], MEMORY),
    code,
  );
}

const refusal = (code: string, message: string) => expect.objectContaining({ code, message });

describe("what a module asks for", () => {
  it.each([
    ["echo", false],
    ["bare", false],
    ["kvcounter", true],
    ["faulty-init", true],
  ])("is seen in its imports: %s calls the host: %j", (actor, callsHost) => {
    expect(inspect(testActor(actor).bytes)).toEqual({ callsHost });
  });

  it("may come from either import module", () => {
    expect(inspect(handmade({ from: "wasmbus" }))).toEqual({ callsHost: true });
    expect(inspect(importing(["wapc", "__guest_request"], ["wasmbus", "__host_call"]))).toEqual({
      callsHost: true,
    });
    expect(inspect(importing())).toEqual({ callsHost: false });
  });
});

describe("a module that is no guest", () => {
  it("without __guest_call is refused", () => {
    const error = refusal("module.no_guest_call", "The module does not export the function `__guest_call`");
    expect(() => inspect(testActor("nocall").bytes)).toThrow(error);
    expect(() => inspect(wasm())).toThrow(error);
  });

  it("whose __guest_call is no function is refused", () => {
    const memory = section(5, [1, 0, 1]);
    expect(() => inspect(wasm(memory, exported([...name("__guest_call"), 2, 0])))).toThrow(
      expect.objectContaining({ code: "module.no_guest_call" }),
    );
  });

  it("without its memory as `memory` is refused", () => {
    const error = refusal("module.no_memory", "The module does not export its memory as `memory`");
    expect(() => inspect(wasm(...guestSections()))).toThrow(error);
    const [types = [], functions = [], , code = []] = guestSections();
    const misnamed = exported(GUEST_CALL, [...name("memory"), 0, 0]);
    expect(() => inspect(wasm(types, functions, misnamed, code))).toThrow(error);
  });

  it.each([
    [["env", "abort"]],
    [["wasi_snapshot_preview1", "fd_write"]],
    [["wapc", "__unknown"]],
    [["wapcs", "__guest_request"]],
    [["", ""]],
  ] as const)("that imports %j is refused by that name", ([from, title]) => {
    expect(() => inspect(importing(["wapc", "__guest_request"], [from, title]))).toThrow(
      refusal("module.unknown_import", `The module imports what this host does not offer: ${from}.${title}`),
    );
  });

  it("that imports many things is refused with the first twenty names", () => {
    const imports = Array.from({ length: 30 }, (_, i) => ["env", `f${i}`] as const);
    expect(() => inspect(importing(...imports))).toThrow(
      expect.objectContaining({ message: expect.stringMatching(/env\.f0, .*env\.f19$/) }),
    );
  });

  it("that imports something else than a function under a known name is refused", () => {
    const [types = [], functions = [], , code = []] = guestSections();
    const memory = section(2, [1, ...name("wapc"), ...name("__host_call"), 2, 0, 1]);
    expect(() => inspect(wasm(types, memory, functions, exported(GUEST_CALL, MEMORY), code))).toThrow(
      expect.objectContaining({ code: "module.unknown_import" }),
    );
  });
});
