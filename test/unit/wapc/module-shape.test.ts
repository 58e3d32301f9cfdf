import { describe, expect, it } from "vitest";
import { inspectModule } from "../../../src/wapc/index.ts";
import { textModule } from "./text-module.ts";

const EXPORTS = `(memory (export "memory") 1)
  (func (export "__guest_call") (param i32 i32) (result i32) (i32.const 1))`;

function shapeOf(imports: string, rest = EXPORTS) {
  return inspectModule(textModule(`(module ${imports} ${rest})`));
}

describe("the check of a module", () => {
  it.each(["wapc", "wasmbus"])("finds out whether a guest calls its host by %s", (from) => {
    expect(shapeOf(`(import "${from}" "__guest_error" (func (param i32 i32)))`)).toEqual({
      callsHost: false,
    });
    expect(shapeOf(`(import "${from}" "__host_call" (func (param i32) (result i32)))`)).toEqual({
      callsHost: true,
    });
  });

  it.each([
    ["wasi_snapshot_preview1", "fd_write"],
    ["wasi_unstable", "path_open"],
    ["wasi", "sock_send"],
    ["env", "abort"],
    ["env", "seed"],
  ])("admits %s.%s", (from, name) => {
    expect(shapeOf(`(import "${from}" "${name}" (func))`)).toEqual({ callsHost: false });
  });

  it.each([
    ["an unknown module", '(import "wbg" "__wbindgen_throw" (func))', "wbg.__wbindgen_throw"],
    ["an unknown function of waPC", '(import "wapc" "__fs" (func))', "wapc.__fs"],
    ["an unknown function of WASI", '(import "wasi_unstable" "fd_steal" (func))', "wasi_unstable.fd_steal"],
    ["an unknown function of AssemblyScript", '(import "env" "Date.now" (func))', "env.Date.now"],
    ["names of JavaScript's own", '(import "__proto__" "constructor" (func))', "__proto__.constructor"],
    ["a host call under another module", '(import "env" "__host_call" (func))', "env.__host_call"],
    ["a global", '(import "env" "seed" (global f64))', "env.seed (global)"],
    ["a table", '(import "env" "abort" (table 1 funcref))', "env.abort (table)"],
  ])("refuses %s by name", (_, imports, name) => {
    expect(() => shapeOf(imports)).toThrow(
      expect.objectContaining({
        code: "module.unknown_import",
        message: `The module imports what this host does not offer: ${name}`,
      }),
    );
  });

  it("refuses an imported memory", () => {
    const rest = `(export "memory" (memory 0))
      (func (export "__guest_call") (param i32 i32) (result i32) (i32.const 1))`;
    expect(() => shapeOf('(import "env" "memory" (memory 1))', rest)).toThrow(/env\.memory \(memory\)/);
  });

  it("tells no more names than a person reads", () => {
    const imports = Array.from(
      { length: 25 },
      (_, index) => `(import "${"m".repeat(500)}" "f${index}" (func))`,
    );
    expect(() => shapeOf(imports.join(" "))).toThrow(
      expect.objectContaining({ message: expect.stringMatching(/^.{1,2500} and 5 more$/) }),
    );
  });

  it("refuses a module that is no guest", () => {
    expect(() => shapeOf("", '(memory (export "memory") 1)')).toThrow(
      expect.objectContaining({ code: "module.no_guest_call" }),
    );
    expect(() => shapeOf("", '(func (export "__guest_call"))')).toThrow(
      expect.objectContaining({ code: "module.no_memory" }),
    );
    expect(() =>
      shapeOf("", '(func (export "__guest_call")) (global (export "memory") i32 (i32.const 1))'),
    ).toThrow(expect.objectContaining({ code: "module.no_memory" }));
  });
});
