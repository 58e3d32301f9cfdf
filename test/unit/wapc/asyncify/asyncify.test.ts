import { setTimeout } from "node:timers/promises";
import { decode, encode } from "@msgpack/msgpack";
import { beforeAll, describe, expect, it } from "vitest";
import { FUEL_EXPORT } from "../../../../src/wapc/fuel.ts";
import { asyncifyModule, asyncifyStrategy, loadBinaryen } from "../../../../src/wapc/index.ts";
import { testActor } from "../../../support/actors.ts";
import { assemble, modern, run } from "../transform/modules.ts";
import { startSuspendable, suspendable, suspendableActor } from "./suspendable.ts";

const PING = encode({ target: "x", value: 1 });
const LATER = 5;

/** A guest made by hand: `body` is its `__guest_call`; it answers with the first 4 bytes of its memory. */
function handmade(body: string, pages = 1): Uint8Array<ArrayBuffer> {
  return assemble(`(module
    (import "wapc" "__host_call" (func $host (param i32 i32 i32 i32 i32 i32 i32 i32) (result i32)))
    (import "wapc" "__guest_response" (func $respond (param i32 i32)))
    (memory (export "memory") ${pages})
    (func $wait (result i32)
      (call $host (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0)))
    ${body})`);
}

const ok = { ok: true, payload: new Uint8Array(0) } as const;

beforeAll(async () => {
  await suspendableActor("pinger");
}, 60_000);

describe("a guest that is unwound while it waits", () => {
  it("gets the answer, and goes on where it was", async () => {
    const { guest } = await startSuspendable(await suspendableActor("pinger"), async (request) => {
      await setTimeout(LATER);
      expect(request).toMatchObject({ namespace: "x", operation: "Ping", payload: encode({ value: 1 }) });
      return { ok: true, payload: encode({ value: 43 }) };
    });
    expect(decode(await guest.call("PingVia", PING))).toEqual({ value: 43 });
  });

  it("counts", async () => {
    let count = 0;
    const { guest } = await startSuspendable(await suspendableActor("kvcounter"), async () => {
      await setTimeout(1);
      return { ok: true, payload: encode({ value: ++count }) };
    });
    for (let expected = 1; expected <= 10; expected++) {
      expect(decode(await guest.call("Count", new Uint8Array(0)))).toEqual({ counter: expected });
    }
  });

  it("learns of a failure and of a rejection", async () => {
    const answers = [
      async () => ({ ok: false, message: "no such link" }) as const,
      async () => Promise.reject(new Error("gone")),
    ];
    const { guest } = await startSuspendable(await suspendableActor("pinger"), () =>
      (answers.shift() ?? (async () => ok))(),
    );
    await expect(guest.call("PingVia", PING)).rejects.toThrow("no such link");
    await expect(guest.call("PingVia", PING)).rejects.toThrow("gone");
    expect(guest.broken).toBe(false);
  });

  it("takes an answer for which its memory must grow", async () => {
    const payload = new Uint8Array(300 * 1024).map((_, index) => index * 7);
    const { guest, memory } = await startSuspendable(await suspendableActor("faulty"), async () => ({
      ok: true,
      payload,
    }));
    const before = memory.buffer.byteLength;
    expect(await guest.call("Call", encode({ target: "t", operation: "Get" }))).toEqual(payload);
    expect(memory.buffer.byteLength).toBeGreaterThan(before);
  });

  it("can wait a thousand times without its memory growing", async () => {
    const { guest, memory } = await startSuspendable(await suspendableActor("pinger"), async () => ({
      ok: true,
      payload: encode({ value: 2 }),
    }));
    await guest.call("PingVia", PING);
    const before = memory.buffer.byteLength;
    for (let round = 0; round < 1_000; round++)
      expect(decode(await guest.call("PingVia", PING))).toEqual({ value: 2 });
    expect(memory.buffer.byteLength).toBe(before);
  });

  it("has the same content in its memory while it waits as when it began to, and when it goes on", async () => {
    // Fills its only page, waits, and adds up what it finds there.
    const module = await suspendable(
      handmade(`
        (func (export "__guest_call") (param i32 i32) (result i32) (local $i i32) (local $sum i32)
          (loop $fill
            (i32.store (local.get $i) (i32.mul (i32.add (local.get $i) (i32.const 1)) (i32.const 0x9e3779b1)))
            (br_if $fill (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 4))) (i32.const 65536))))
          (drop (call $wait))
          (local.set $i (i32.const 0))
          (loop $add
            (local.set $sum (i32.add (i32.rotl (local.get $sum) (i32.const 1)) (i32.load (local.get $i))))
            (br_if $add (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 4))) (i32.const 65536))))
          (i32.store (i32.const 0) (local.get $sum))
          (call $respond (i32.const 0) (i32.const 4))
          (i32.const 1))`),
    );
    const expected = new Uint32Array(16_384).map((_, index) => Math.imul(index * 4 + 1, 0x9e3779b1));
    const sum = expected.reduce((all, value) => (((all << 1) | (all >>> 31)) + value) | 0, 0);
    let seen = new ArrayBuffer(0);
    const { guest } = await startSuspendable(module, async (_, memory) => {
      seen = memory.buffer.slice(0);
      return ok;
    });
    const answer = await guest.call("x", new Uint8Array(0));
    expect(Buffer.compare(new Uint8Array(seen), new Uint8Array(expected.buffer))).toBe(0);
    expect(new DataView(answer.buffer).getInt32(0, true)).toBe(sum);
  });

  it("may wait in loops, in nested and in indirect calls, with values of all types at hand", async () => {
    const module = await suspendable(
      handmade(`
        (table 1 funcref) (elem (i32.const 0) $inner) (type $t (func (param i64 f64) (result i64)))
        (func $inner (type $t) (i64.add (local.get 0) (i64.add (i64.trunc_f64_s (local.get 1)) (i64.extend_i32_u (call $wait)))))
        (func (export "__guest_call") (param i32 i32) (result i32) (local $i i32) (local $sum i64)
          (loop $again
            (local.set $sum (call_indirect (type $t) (local.get $sum) (f64.const 10.5) (i32.const 0)))
            (br_if $again (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 20))))
          (i64.store (i32.const 0) (local.get $sum))
          (call $respond (i32.const 0) (i32.const 4))
          (i32.const 1))`),
    );
    let calls = 0;
    const { guest } = await startSuspendable(module, async () => {
      calls++;
      return ok;
    });
    const answer = await guest.call("x", new Uint8Array(0));
    expect(new DataView(answer.buffer).getInt32(0, true)).toBe(20 * 11);
    expect(calls).toBe(20);
  });

  it("may wait in its start functions", async () => {
    const { guest } = await startSuspendable(await suspendableActor("faulty-init"), async () => {
      await setTimeout(LATER);
      return { ok: true, payload: encode({ value: 42 }) };
    });
    expect(decode(await guest.call("Learned", new Uint8Array(0)))).toEqual({ value: 42 });
    const start = await suspendable(
      handmade(`
        (func (export "_start") (i32.store8 (i32.const 0) (i32.add (call $wait) (i32.const 4))))
        (func (export "__guest_call") (param i32 i32) (result i32) (call $respond (i32.const 0) (i32.const 1)) (i32.const 1))`),
    );
    expect(await (await startSuspendable(start, async () => ok)).guest.call("x", new Uint8Array(0))).toEqual(
      Uint8Array.of(5),
    );
  });

  it("traps when its stack is too deep to be saved", async () => {
    const module = await suspendable(
      handmade(
        `
        (func $deep (param $left i32) (param i64 i64 i64 i64) (result i32)
          (if (result i32) (local.get $left)
            (then
              (i32.add
                (call $deep (i32.sub (local.get $left) (i32.const 1))
                  (local.get 2) (local.get 3) (local.get 4) (local.get 1))
                (i32.wrap_i64
                  (i64.add (local.get 1) (i64.add (local.get 2) (i64.add (local.get 3) (local.get 4)))))))
            (else (call $wait))))
        (func (export "__guest_call") (param i32 i32) (result i32)
          (drop (call $deep (local.get 1) (i64.const 1) (i64.const 2) (i64.const 3) (i64.const 4)))
          (call $respond (i32.const 0) (i32.const 0)) (i32.const 1))`,
        3,
      ),
    );
    const start = () => startSuspendable(module, async () => ok);
    await expect((await start()).guest.call("x", new Uint8Array(1_000))).resolves.toBeDefined();
    const { guest } = await start();
    await expect(guest.call("x", new Uint8Array(4_000))).rejects.toMatchObject({
      code: "guest.stack_too_deep",
    });
    expect(guest.broken).toBe(true);
  });

  it("traps like any other guest", async () => {
    const { guest } = await startSuspendable(await suspendableActor("faulty"), async () => ok);
    await expect(guest.call("Trap", encode({}))).rejects.toMatchObject({ code: "guest.trap" });
    const module = await suspendable(
      handmade(
        `(func (export "__guest_call") (param i32 i32) (result i32) (drop (call $wait)) (unreachable))`,
      ),
    );
    const after = await startSuspendable(module, async () => ok);
    await expect(after.guest.call("x", new Uint8Array(0))).rejects.toMatchObject({ code: "guest.trap" });
  });

  it("may have fuel counters, which stop it also after it has waited", async () => {
    const bytes = handmade(
      `(func (export "__guest_call") (param i32 i32) (result i32) (drop (call $wait)) 
        (loop $l (drop (table.grow $t (ref.null func) (i32.const 0))) (br $l)) (unreachable))
        (table $t 1 funcref)`,
    );
    const module = await suspendable(bytes, { fuel: true });
    const exports = WebAssembly.Module.exports(module).map(({ name }) => name);
    expect(exports).toContain(FUEL_EXPORT);
    const { guest } = await startSuspendable(module, async () => ok, true);
    await expect(guest.call("x", new Uint8Array(0))).rejects.toMatchObject({ code: "guest.fuel" });
  }, 60_000);
});

describe("making a module suspendable", () => {
  it("refuses what is not valid, and works again afterwards", async () => {
    const binaryen = await loadBinaryen();
    const { bytes } = testActor("echo");
    const broken = bytes.slice();
    broken.fill(0xff, 200, 240);
    expect(() => asyncifyModule(broken, binaryen)).toThrow(
      expect.objectContaining({ code: "module.not_suspendable" }),
    );
    expect(WebAssembly.validate(asyncifyModule(bytes, binaryen))).toBe(true);
  });

  it("says what it cannot do", async () => {
    const binaryen = await loadBinaryen();
    expect(() => asyncifyModule(modern("tail calls"), binaryen)).toThrow(
      expect.objectContaining({
        code: "module.not_suspendable",
        message: expect.stringContaining("tail calls"),
      }),
    );
  });

  it.each(["vectors", "bulk memory", "multi-value blocks and functions", "tables of references"])(
    "leaves what a module computes as it is: %s",
    async (title) => {
      const changed = asyncifyModule(modern(title), await loadBinaryen());
      expect(run(changed, 5)).toBe(run(modern(title), 5));
    },
  );

  it("gives the same bytes each time", async () => {
    const binaryen = await loadBinaryen();
    const { bytes } = testActor("pinger");
    expect(asyncifyModule(bytes, binaryen)).toEqual(asyncifyModule(bytes, binaryen));
  });

  it("is a condition for the strategy", () => {
    expect(() => asyncifyStrategy(async () => ok).attach?.({})).toThrow(TypeError);
  });
});
