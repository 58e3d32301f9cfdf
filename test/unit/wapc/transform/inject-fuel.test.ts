import { describe, expect, it } from "vitest";
import { FUEL_EXPORT, FUEL_PER_CALL } from "../../../../src/wapc/fuel.ts";
import { injectFuel } from "../../../../src/wapc/index.ts";
import { testActor } from "../../../support/actors.ts";
import { name, section, wasm } from "../../claims/wasm.ts";
import { assemble, codeOf, MODERN, modern, run } from "./modules.ts";

interface Fuelled {
  readonly fuel: WebAssembly.Global;
  call(argument?: number): number;
}

function fuelled(text: string): Fuelled {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(injectFuel(assemble(text))));
  const entry = exports["run"] as (argument: number) => number;
  return { fuel: exports[FUEL_EXPORT] as WebAssembly.Global, call: (argument = 0) => entry(argument) };
}

/** How much fuel a call takes. */
function costOf(guest: Fuelled, argument?: number): number {
  guest.fuel.value = FUEL_PER_CALL;
  guest.call(argument);
  return FUEL_PER_CALL - guest.fuel.value;
}

describe("a module with fuel counters", () => {
  // Node 20 has no exceptions with try_table: that one can be rewritten but not run.
  const names = Object.keys(MODERN);
  const runnable = names.filter((title) => WebAssembly.validate(modern(title)));

  it("is tried with every feature but the newest", () => {
    expect(names.filter((title) => !runnable.includes(title)).length).toBeLessThanOrEqual(1);
  });

  it.each(runnable)("computes the same: %s", (title) => {
    const original = modern(title);
    const changed = injectFuel(original);
    for (const argument of [0, 1, -5, 123_456]) expect(run(changed, argument)).toBe(run(original, argument));
  });

  it.each(names)("is longer than before and can be fuelled only once: %s", (title) => {
    const changed = injectFuel(modern(title));
    expect(changed.length).toBeGreaterThan(modern(title).length);
    expect(codeOf(() => injectFuel(changed))).toBe("module.reserved_export");
  });

  it.each(["echo", "kvcounter", "faulty", "extras", "nocall"])("is valid: the actor %s", (actor) => {
    expect(WebAssembly.validate(injectFuel(testActor(actor).bytes))).toBe(true);
  });

  it("starts full and takes a unit for each round and each call", () => {
    const guest = fuelled(`(module
      (func $leaf)
      (func (export "run") (param i32) (result i32)
        (loop $again (call $leaf)
          (br_if $again (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
        (local.get 0)))`);
    expect(guest.fuel.value).toBe(FUEL_PER_CALL);
    expect(costOf(guest, 10)).toBe(1 + 2 * 10);
  });

  it("traps at the end of its fuel, and again until it is filled", () => {
    const guest = fuelled(
      `(module (func (export "run") (param i32) (result i32) (loop $l (br $l)) (unreachable)))`,
    );
    guest.fuel.value = 1_000_000;
    expect(() => guest.call()).toThrow(WebAssembly.RuntimeError);
    expect(guest.fuel.value).toBe(0);
    expect(() => guest.call()).toThrow(WebAssembly.RuntimeError);
  });

  it.each([
    [
      "endless recursion",
      `(func $f (param i32) (result i32) (i32.add (call $f (local.get 0)) (i32.const 1)))`,
    ],
    ["endless tail calls", `(func $f (param i32) (result i32) (return_call $f (local.get 0)))`],
    [
      "an endless indirect loop",
      `(table 1 funcref) (elem (i32.const 0) $f) (type $t (func (param i32) (result i32)))
       (func $f (param i32) (result i32) (return_call_indirect (type $t) (local.get 0) (i32.const 0)))`,
    ],
  ])("stops %s", (_, text) => {
    const guest = fuelled(`(module ${text} (export "run" (func $f)))`);
    guest.fuel.value = 5_000_000;
    expect(() => guest.call()).toThrow();
  });

  it("pays for bulk instructions by their length", () => {
    const guest = fuelled(`(module (memory 16)
      (func (export "run") (param i32) (result i32)
        (memory.fill (i32.const 0) (i32.const 1) (local.get 0)) (i32.const 0)))`);
    expect(costOf(guest, 0)).toBe(2);
    expect(costOf(guest, 64_000)).toBe(1_002);
    guest.fuel.value = 500;
    expect(() => guest.call(64_000)).toThrow(WebAssembly.RuntimeError);
    expect(guest.fuel.value).toBe(0);
  });

  it("pays more for growing memory and tables, and for long stretches of code", () => {
    const grows = fuelled(
      `(module (memory 1) (func (export "run") (param i32) (result i32) (memory.grow (local.get 0))))`,
    );
    expect(costOf(grows)).toBeGreaterThan(1_000);
    const adds = "(local.set 0 (i32.add (local.get 0) (i32.const 1)))".repeat(2_000);
    expect(
      costOf(fuelled(`(module (func (export "run") (param i32) (result i32) ${adds} (local.get 0)))`)),
    ).toBe(7);
  });
});

describe("what is refused", () => {
  const body = (...code: number[]): Uint8Array =>
    wasm(
      section(1, [1, 0x60, 0, 0]),
      section(3, [1, 0]),
      section(6, [1, 0x7f, 1, 0x41, 0, 0x0b]),
      section(10, [1, code.length + 2, 0, ...code, 0x0b]),
    );

  it.each([
    ["an instruction nobody knows", body(0xff), "module.unknown_instruction"],
    ["an atomic instruction", body(0xfe, 0x03, 0x00), "module.unknown_instruction"],
    ["a vector instruction nobody knows", body(0xfd, 0x9a, 0x01), "module.unknown_instruction"],
    ["a numeric instruction nobody knows", body(0xfc, 0x30), "module.unknown_instruction"],
    ["types in groups", wasm(section(1, [1, 0x4e, 1, 0x60, 0, 0])), "module.unknown_instruction"],
    ["use of the global that the fuel will be in", body(0x41, 0x7f, 0x24, 0x01), "module.malformed"],
    ["the same with a padded number", body(0x41, 0x7f, 0x24, 0x81, 0x80, 0x00), "module.malformed"],
    ["an export of that global", wasm(section(7, [1, ...name("x"), 3, 0])), "module.malformed"],
    ["an export of that name", wasm(section(7, [1, ...name(FUEL_EXPORT), 0, 0])), "module.reserved_export"],
    ["sections out of order", wasm(section(3, [0]), section(1, [0])), "module.malformed"],
    ["a section twice", wasm(section(1, [0]), section(1, [0])), "module.malformed"],
    ["a body beyond its section", wasm(section(10, [1, 9, 0, 0x0b])), "module.malformed"],
    ["a list longer than its section", wasm(section(3, [0xff, 0xff, 0xff, 0xff, 0x0f])), "module.malformed"],
  ])("%s", (_, bytes, code) => {
    expect(codeOf(() => injectFuel(bytes))).toBe(code);
  });
});
