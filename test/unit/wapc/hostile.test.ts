import { afterEach, describe, expect, it } from "vitest";
import { GuestInstance, inspectModule } from "../../../src/wapc/index.ts";
import { noStrategy } from "../../../src/wapc/strategies.ts";
import { hostileText } from "./hostile-guest.ts";
import { startGuest, textModule } from "./text-module.ts";

const INVALID_POINTERS = [0xffff_ffff, 0x8000_0000, 65_536, -1, -65_536];
const HUGE_LENGTHS = [0xffff_ffff, 0x8000_0000, 0x7fff_ffff, 65_537];

/** The body of `__guest_call`; its local is `$i`. */
function hostile(body: string): WebAssembly.Module {
  const module = textModule(hostileText(body));
  inspectModule(module);
  return module;
}

afterEach(() => {
  // What a guest does must not have reached the language's own objects.
  expect(Object.keys(Object.prototype)).toEqual([]);
  expect("".constructor).toBe(String);
});

/** The guest traps, and an instance of another module and a new one of its own are not harmed. */
async function expectOnlyItselfHarmed(module: WebAssembly.Module): Promise<void> {
  const [bad, good] = [await startGuest(module), await startGuest(textModule(hostileText("(i32.const 1)")))];
  await expect(bad.call("x".repeat(100), new Uint8Array(100))).rejects.toMatchObject({
    code: expect.stringMatching(/^(guest\.trap|input\.too_large)$/),
  });
  expect(bad.guest.broken).toBe(true);
  await expect(good.call()).rejects.toMatchObject({ code: "guest.failure" });
  expect(good.guest.broken).toBe(false);
  await expect(startGuest(module)).resolves.toBeDefined();
}

describe("a guest that gives its host addresses outside its memory", () => {
  const calls = INVALID_POINTERS.flatMap((pointer) => [
    ["__guest_request", `(call $request (i32.const ${pointer}) (i32.const 0))`],
    ["__guest_request", `(call $request (i32.const 0) (i32.const ${pointer}))`],
    ["__guest_response", `(call $respond (i32.const ${pointer}) (i32.const 1))`],
    ["__guest_error", `(call $fail (i32.const ${pointer}) (i32.const 1))`],
    ["__console_log", `(call $log (i32.const ${pointer}) (i32.const 1))`],
    ["fd_write", `(drop (call $write (i32.const 1) (i32.const ${pointer}) (i32.const 1) (i32.const 0)))`],
    ["fd_write", `(drop (call $write (i32.const 1) (i32.const 0) (i32.const 0) (i32.const ${pointer})))`],
    ["random_get", `(drop (call $random (i32.const ${pointer}) (i32.const 8)))`],
    ["clock_time_get", `(drop (call $clock (i32.const 0) (i64.const 0) (i32.const ${pointer})))`],
    ["environ_sizes_get", `(drop (call $environ (i32.const ${pointer}) (i32.const 0)))`],
    ["fd_fdstat_get", `(drop (call $fdstat (i32.const 1) (i32.const ${pointer})))`],
    ...[0, 2, 4, 6].map((at) => ["__host_call", `(drop ${hostCall(at, pointer, 1)})`]),
  ]);

  it.each(calls)("to %s harms only itself: %s", async (_, body) => {
    await expectOnlyItselfHarmed(hostile(`${body} (i32.const 1)`));
  });
});

describe("a guest that gives its host lengths beyond its memory", () => {
  const calls = HUGE_LENGTHS.flatMap((length) => [
    ["__guest_response", `(call $respond (i32.const 1) (i32.const ${length}))`],
    ["random_get", `(drop (call $random (i32.const 1) (i32.const ${length})))`],
    ...[0, 2, 4, 6].map((at) => ["__host_call", `(drop ${hostCall(at, 1, length)})`]),
  ]);

  it.each(calls)("to %s harms only itself: %s", async (_, body) => {
    await expectOnlyItselfHarmed(hostile(`${body} (i32.const 1)`));
  });

  it("loses what it says beyond the limit, and no more", async () => {
    const { call, lines } = await startGuest(
      hostile(`(call $log (i32.const 0) (i32.const 65536))
        (call $fail (i32.const 0) (i32.const 65536)) (i32.const 0)`),
    );
    const error = await call().catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: "guest.failure", message: expect.stringMatching(/^\0{10240}$/) });
    expect(lines.map((line) => line.length)).toEqual([10_240]);
  });
});

describe("a guest that writes over what it was given", () => {
  it("gets the request as it is, however its parts overlap", async () => {
    const { call } = await startGuest(
      hostile(`(call $request (i32.const 0) (i32.const 2))
        (call $respond (i32.const 0) (i32.const 8)) (i32.const 1)`),
    );
    expect(await call("abcd", new TextEncoder().encode("12"))).toBe("ab12\0\0\0\0");
  });

  it("has its response as it was when it gave it", async () => {
    const { call } = await startGuest(
      hostile(`(call $request (i32.const 0) (i32.const 0))
        (call $respond (i32.const 0) (i32.const 4))
        (i32.store (i32.const 0) (i32.const 0)) (i32.const 1)`),
    );
    expect(await call("", new TextEncoder().encode("kept"))).toBe("kept");
  });

  it("has its host call's payload as it was, and gets the answer after its memory has grown", async () => {
    const { call, hostCalls } = await startGuest(
      hostile(`(call $request (i32.const 0) (i32.const 0))
        (drop ${hostCall(6, 0, 4)})
        (i32.store (i32.const 0) (i32.const 0))
        (drop (memory.grow (i32.const 3)))
        (call $hostResponse (i32.const 200000))
        (call $respond (i32.const 200000) (call $hostResponseLength)) (i32.const 1)`),
      () => ({ ok: true, payload: new TextEncoder().encode("answer") }),
    );
    expect(await call("", new TextEncoder().encode("sent"))).toBe("answer");
    expect(new TextDecoder().decode(hostCalls[0]?.payload)).toBe("sent");
  });
});

describe("a guest that asks at the wrong time", () => {
  it("gets nothing in its start functions, and cannot answer there", async () => {
    const text = hostileText(
      "(call $respond (i32.const 0) (i32.const 8)) (i32.const 1)",
      `(func (export "wapc_init")
        (call $request (i32.const 0) (i32.const 0))
        (call $respond (i32.const 0) (i32.const 8))
        (call $hostResponse (i32.const 0))
        (call $hostError (i32.const 0)))`,
    );
    const { call } = await startGuest(textModule(text));
    expect(await call("secret")).toBe("\0".repeat(8));
  });

  it("gets the answer of its last host call only", async () => {
    const { call } = await startGuest(
      hostile(`(drop ${hostCall(6, 0, 1)})
        (if (i32.eqz (call $hostErrorLength)) (then unreachable))
        (if (call $hostResponseLength) (then unreachable))
        (call $respond (i32.const 0) (i32.const 0)) (i32.const 1)`),
      () => ({ ok: false, message: "no" }),
    );
    expect(await call()).toBe("");
    expect(await call()).toBe("");
  });

  it("is not entered again while it waits in a host call", async () => {
    let entered: Promise<unknown> | undefined;
    const { guest, call } = await startGuest(
      hostile(`(drop ${hostCall(6, 0, 0)}) (call $respond (i32.const 0) (i32.const 0)) (i32.const 1)`),
      () => {
        entered = guest.call("again", new Uint8Array(0)).catch((error: unknown) => error);
        return { ok: true, payload: new Uint8Array(0) };
      },
    );
    expect(await call()).toBe("");
    expect(await entered).toMatchObject({ code: "internal" });
    expect(guest.broken).toBe(false);
  });

  it("may export its imports as its own functions, which leads nowhere", async () => {
    const module = textModule(`(module
      (import "wapc" "__host_call" (func $call (param i32 i32) (result i32)))
      (import "wasi" "proc_exit" (func $exit (param i32)))
      (memory (export "memory") 1) (export "__guest_call" (func $call)) (export "wapc_init" (func $exit)))`);
    await expect(startGuest(module)).rejects.toMatchObject({ code: "guest.trap" });
  });

  it("may declare its imports with other types, which traps", async () => {
    const module = textModule(`(module
      (import "wapc" "__host_response_len" (func $length (result i64)))
      (import "wapc" "__guest_request" (func $request (param i64 externref)))
      (memory (export "memory") 1)
      (func (export "__guest_call") (param i32 i32) (result i32)
        (call $request (i64.const 0) (ref.null extern)) (drop (call $length)) (i32.const 1)))`);
    await expectOnlyItselfHarmed(module);
  });
});

describe("a guest that floods its log", () => {
  it.each([
    ["__console_log", "(call $log (i32.const 0) (i32.const 65536))"],
    ["fd_write", "(drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))"],
  ])("by %s has 1,000 lines of 10 KiB taken in a call", async (_, statement) => {
    const { call, lines } = await startGuest(
      hostile(`(i32.store (i32.const 0) (i32.const 16)) (i32.store (i32.const 4) (i32.const 16000))
        (i32.store8 (i32.const 16015) (i32.const 10))
        (loop $again ${statement}
          (local.set $i (i32.add (local.get $i) (i32.const 1)))
          (br_if $again (i32.lt_u (local.get $i) (i32.const 5000))))
        (call $respond (i32.const 0) (i32.const 0)) (i32.const 1)`),
    );
    await call();
    expect(lines).toHaveLength(1_001);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(10_241);
    await call();
    expect(lines).toHaveLength(2_002);
  });
});

describe("a guest without a way to wait", () => {
  it("may pass anything to a host call, which fails", async () => {
    const guest = await GuestInstance.start(
      hostile(`${hostCall(0, -1, -1)} (if (then unreachable))
        (call $respond (i32.const 0) (i32.const 0)) (i32.const 1)`),
      { strategy: noStrategy(), log: () => undefined, maxPayloadBytes: 1_000, maxMemoryBytes: 1_000_000 },
    );
    await expect(guest.call("", new Uint8Array(0))).resolves.toHaveLength(0);
  });
});

/** A host call with the pair of address and length at that place, and empty texts elsewhere. */
function hostCall(at: number, pointer: number, length: number): string {
  const args = [0, 0, 0, 0, 0, 0, 0, 0].map((_, place) =>
    place === at ? pointer : place === at + 1 ? length : 0,
  );
  return `(call $hostCall ${args.map((value) => `(i32.const ${value})`).join(" ")})`;
}
