import { describe, expect, it } from "vitest";
import { GuestLog } from "../../../src/wapc/guest-log.ts";
import { GuestMemory } from "../../../src/wapc/guest-memory.ts";
import { wasiImports } from "../../../src/wapc/wasi/wasi-imports.ts";
import { startGuest, textModule } from "./text-module.ts";

const WASI = "wasi_snapshot_preview1";
const SIGNATURES: Readonly<Record<string, string>> = {
  args_get: "(param i32 i32) (result i32)",
  args_sizes_get: "(param i32 i32) (result i32)",
  environ_get: "(param i32 i32) (result i32)",
  environ_sizes_get: "(param i32 i32) (result i32)",
  clock_res_get: "(param i32 i32) (result i32)",
  clock_time_get: "(param i32 i64 i32) (result i32)",
  fd_fdstat_get: "(param i32 i32) (result i32)",
  fd_prestat_get: "(param i32 i32) (result i32)",
  fd_write: "(param i32 i32 i32 i32) (result i32)",
  path_open: "(param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)",
  random_get: "(param i32 i32) (result i32)",
  sched_yield: "(result i32)",
};

/** The functions as a guest with one page of memory gets them, and that memory. */
function system(from = WASI, times: { now?: () => number; monotonicNow?: () => number } = {}) {
  const names = Object.entries(SIGNATURES).map(
    ([name, signature]) => `(import "${from}" "${name}" (func ${signature}))`,
  );
  const module = textModule(`(module ${names.join(" ")})`);
  const memory = new WebAssembly.Memory({ initial: 1 });
  const lines: string[] = [];
  const log = new GuestLog((line) => lines.push(line));
  const imports = wasiImports({ memory: () => new GuestMemory(memory), log, ...times }, module);
  const call = (name: string, ...args: (number | bigint)[]): unknown => {
    const fn = imports[from]?.[name];
    if (typeof fn !== "function") throw new Error(`no function ${name}`);
    return fn(...args);
  };
  return { call, lines, log, view: new DataView(memory.buffer), bytes: new Uint8Array(memory.buffer) };
}

/** Puts texts and their table into memory and returns the number of the table's entries. */
function layOut({ bytes, view }: ReturnType<typeof system>, texts: readonly (string | Uint8Array)[]): number {
  let at = 4_096;
  for (const [index, text] of texts.entries()) {
    const encoded = typeof text === "string" ? new TextEncoder().encode(text) : text;
    bytes.set(encoded, at);
    view.setUint32(1_024 + index * 8, at, true);
    view.setUint32(1_028 + index * 8, encoded.length, true);
    at += encoded.length;
  }
  return texts.length;
}

describe.each([WASI, "wasi_unstable", "wasi"])("the system functions of %s", (from) => {
  it("log what is written to standard output and error by lines, and store the byte count", () => {
    const guest = system(from);
    expect(guest.call("fd_write", 1, 1_024, layOut(guest, ["one\ntw", "o\r\n\nthr"]), 8)).toBe(0);
    expect(guest.view.getUint32(8, true)).toBe(13);
    expect(guest.call("fd_write", 2, 1_024, layOut(guest, ["apart\n"]), 8)).toBe(0);
    expect(guest.call("fd_write", 1, 1_024, layOut(guest, ["ee"]), 8)).toBe(0);
    expect(guest.lines).toEqual(["one", "two", "", "apart"]);
    guest.log.end();
    expect(guest.lines.at(-1)).toBe("three");
  });

  it("refuse all but the standard streams", () => {
    const { call } = system(from);
    for (const fd of [0, 3, -1]) expect(call("fd_write", fd, 0, 0, 0)).toBe(8);
    expect(call("fd_prestat_get", 3, 0)).toBe(8);
    expect(call("fd_fdstat_get", 3, 0)).toBe(8);
    expect(call("path_open", 3, 0, 0, 0, 0, 0n, 0n, 0, 0)).toBe(52);
  });
});

describe("fd_write", () => {
  it("puts characters together that were cut between two writes", () => {
    const guest = system();
    const [first, second] = [new Uint8Array([0xe2, 0x82]), new Uint8Array([0xac, 10])];
    guest.call("fd_write", 1, 1_024, layOut(guest, [first]), 8);
    guest.call("fd_write", 1, 1_024, layOut(guest, [second]), 8);
    expect(guest.lines).toEqual(["€"]);
  });

  it("keeps the first 10 KiB of a line", () => {
    const guest = system();
    guest.call("fd_write", 1, 1_024, layOut(guest, ["x".repeat(30_000), "\nnext\n"]), 8);
    expect(guest.lines).toEqual([`${"x".repeat(10_240)}…`, "next"]);
    expect(guest.view.getUint32(8, true)).toBe(30_006);
  });

  it("takes 1,000 lines of one call, and says once that there were more", () => {
    const guest = system();
    const many = layOut(guest, ["line\n".repeat(5_000)]);
    guest.call("fd_write", 1, 1_024, many, 8);
    guest.call("fd_write", 2, 1_024, many, 8);
    expect(guest.lines).toHaveLength(1_001);
    expect(guest.lines.at(-1)).toContain("more than 1000 lines");
    guest.log.begin();
    guest.call("fd_write", 1, 1_024, layOut(guest, ["again\n"]), 8);
    expect(guest.lines.at(-1)).toBe("again");
  });

  it("refuses more pieces than any library writes, and sizes beyond 31 bits", () => {
    const guest = system();
    for (const count of [1_025, 0x2000_0000, -1]) expect(guest.call("fd_write", 1, 0, count, 8)).toBe(28);
    guest.view.setUint32(1_028, 1_048_576, true);
    expect(() => guest.call("fd_write", 1, 1_024, 1, 8)).toThrow(RangeError);
    for (let piece = 0; piece < 32; piece++)
      guest.view.setUint32(1_028 + piece * 8, piece < 16 ? 65_536 : 0xffff_ffff, true);
    for (let piece = 0; piece < 16; piece++) guest.view.setUint32(1_024 + piece * 8, 0, true);
    expect(guest.call("fd_write", 1, 1_024, 32, 8)).toBe(28);
    expect(guest.lines.length).toBeLessThanOrEqual(1_001);
  });
});

describe("the other system functions", () => {
  it("tell the time in nanoseconds", () => {
    const { call, view } = system(WASI, { now: () => 1_700_000_000_123, monotonicNow: () => 1.5 });
    expect(call("clock_time_get", 0, 0n, 16)).toBe(0);
    expect(view.getBigUint64(16, true)).toBe(1_700_000_000_123_000_000n);
    expect(call("clock_time_get", 1, 0n, 16)).toBe(0);
    expect(view.getBigUint64(16, true)).toBe(1_500_000n);
    expect(call("clock_time_get", 2, 0n, 16)).toBe(28);
    expect(call("clock_res_get", 0, 16)).toBe(0);
    expect(view.getBigUint64(16, true)).toBe(1_000_000n);
  });

  it("fill memory of any length with random bytes", () => {
    const { call, bytes } = system();
    expect(call("random_get", 1, 65_535)).toBe(0);
    expect(bytes[0]).toBe(0);
    expect(new Set(bytes.subarray(1)).size).toBe(256);
    expect(() => call("random_get", 1, 65_536)).toThrow(RangeError);
    expect(() => call("random_get", -1, 8)).toThrow(RangeError);
    expect(call("random_get", -1, 0)).toBe(0);
  });

  it("know no arguments and no environment", () => {
    const { call, view } = system();
    for (const name of ["args", "environ"]) {
      view.setUint32(0, 99, true);
      view.setUint32(4, 99, true);
      expect(call(`${name}_sizes_get`, 0, 4)).toBe(0);
      expect([view.getUint32(0, true), view.getUint32(4, true)]).toEqual([0, 0]);
      expect(call(`${name}_get`, 0, 4)).toBe(0);
    }
    expect(call("sched_yield")).toBe(0);
  });

  it("describe the standard streams as terminals", () => {
    const { call, view } = system();
    expect(call("fd_fdstat_get", 1, 32)).toBe(0);
    expect([view.getUint8(32), view.getBigUint64(40, true)]).toEqual([2, 64n]);
  });
});

const ABI = `
  (import "wapc" "__guest_response" (func $respond (param i32 i32)))
  (memory (export "memory") 1)
  (func (export "__guest_call") (param i32 i32) (result i32)
    (call $respond (i32.const 0) (i32.load (i32.const 64)))
    (i32.const 1))`;
const EXIT = `(import "${WASI}" "proc_exit" (func $exit (param i32)))`;
/** Appends a letter to what the guest answers. */
const mark = (letter: string): string => `
  (i32.store8 (i32.load (i32.const 64)) (i32.const ${letter.charCodeAt(0)}))
  (i32.store (i32.const 64) (i32.add (i32.load (i32.const 64)) (i32.const 1)))`;

describe("the start of a guest", () => {
  it("runs _initialize, _start and wapc_init in this order, with proc_exit(0) as the normal end of _start", async () => {
    const { call } = await startGuest(
      textModule(`(module ${EXIT} ${ABI}
        (func (export "wapc_init") ${mark("w")})
        (func (export "_start") ${mark("s")} (call $exit (i32.const 0)) ${mark("x")})
        (func (export "_initialize") ${mark("i")}))`),
    );
    expect(await call()).toBe("isw");
  });

  it.each([
    ["_start", 3],
    ["_initialize", 0],
    ["wapc_init", 0],
  ])("fails when %s calls proc_exit(%i)", async (name, code) => {
    const module = textModule(
      `(module ${EXIT} ${ABI} (func (export "${name}") (call $exit (i32.const ${code}))))`,
    );
    await expect(startGuest(module)).rejects.toMatchObject({
      code: "guest.trap",
      message: `The guest failed in ${name}: the guest ended itself with exit code ${code}`,
    });
  });

  it("tells apart a start section that needs memory from a lack of memory", async () => {
    const module = textModule(`(module
      (import "wapc" "__console_log" (func $log (param i32 i32))) ${ABI}
      (func $main (call $log (i32.const 0) (i32.const 1)))
      (start $main))`);
    await expect(startGuest(module)).rejects.toMatchObject({ code: "guest.trap" });
  });
});

describe("a guest that ends itself in a call", () => {
  it("fails with the exit code in the text, and must be replaced", async () => {
    const { guest, call } = await startGuest(
      textModule(`(module ${EXIT} (memory (export "memory") 1)
        (func (export "__guest_call") (param i32 i32) (result i32) (call $exit (i32.const 7)) (i32.const 1)))`),
    );
    await expect(call()).rejects.toMatchObject({
      code: "guest.trap",
      message: "the guest ended itself with exit code 7",
    });
    expect(guest.broken).toBe(true);
  });
});

describe("the functions that AssemblyScript imports", () => {
  const text = (at: number, content: string): string => {
    const bytes = [...content].flatMap((letter) => [letter.charCodeAt(0) & 255, letter.charCodeAt(0) >> 8]);
    const length = [bytes.length & 255, bytes.length >> 8, 0, 0];
    const escaped = [...length, ...bytes].map((byte) => `\\${byte.toString(16).padStart(2, "0")}`).join("");
    return `(data (i32.const ${at - 4}) "${escaped}")`;
  };
  const guest = (body: string): WebAssembly.Module =>
    textModule(`(module
      (import "env" "abort" (func $abort (param i32 i32 i32 i32)))
      (import "env" "trace" (func $trace (param i32 i32 f64 f64 f64 f64 f64)))
      (import "env" "seed" (func $seed (result f64)))
      (import "wapc" "__guest_response" (func $respond (param i32 i32)))
      (memory (export "memory") 1)
      ${text(100, "wäs €?")} ${text(200, "a.ts")}
      (func (export "__guest_call") (param i32 i32) (result i32) ${body} (i32.const 1)))`);

  it.each([
    ["with all it was given", "(i32.const 100) (i32.const 200) (i32.const 3)", "abort: wäs €? at a.ts:3:9"],
    ["without a message", "(i32.const 0) (i32.const 0) (i32.const 0)", "abort: no reason given"],
    [
      "with addresses out of reach",
      "(i32.const -2) (i32.const 70000) (i32.const 1)",
      "abort: (a text that cannot be read) at (a text that cannot be read):1:9",
    ],
    [
      "with an address below its length",
      "(i32.const 2) (i32.const 0) (i32.const 1)",
      "abort: (a text that cannot be read)",
    ],
  ])("trap on abort %s", async (_, args, message) => {
    const { call } = await startGuest(guest(`(call $abort ${args} (i32.const 9))`));
    await expect(call()).rejects.toMatchObject({ code: "guest.trap", message });
  });

  it("log a trace with its numbers", async () => {
    const numbers = "(f64.const 1.5) (f64.const -2) (f64.const 0) (f64.const 0) (f64.const 0)";
    const { lines, call } = await startGuest(
      guest(`(call $trace (i32.const 100) (i32.const 2) ${numbers})
        (call $trace (i32.const 200) (i32.const -1) ${numbers}) (call $respond (i32.const 0) (i32.const 0))`),
    );
    await call();
    expect(lines).toEqual(["trace: wäs €? 1.5, -2", "trace: a.ts"]);
  });

  it("seed random numbers differently each time", async () => {
    const module = guest(
      "(f64.store (i32.const 8) (call $seed)) (call $respond (i32.const 8) (i32.const 8))",
    );
    const [first, second] = [await startGuest(module), await startGuest(module)];
    const empty = new Uint8Array(0);
    expect(await first.guest.call("", empty)).not.toEqual(await second.guest.call("", empty));
  });
});
