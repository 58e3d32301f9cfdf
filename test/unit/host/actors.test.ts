import { decode } from "@msgpack/msgpack";
import { describe, expect, it } from "vitest";
import { MEMORY_KEYVALUE_PROVIDER, MemoryKeyValueProvider } from "../../../src/index.ts";
import { testActor } from "../../support/actors.ts";
import { startTestHost } from "../../support/node-host.ts";

describe("a standalone host", () => {
  it("runs an actor and answers calls to it", async () => {
    const { host, start, call } = await startTestHost();
    const { key } = await start("echo");
    const payload = new Uint8Array([1, 2, 3]);
    expect(await host.callActor(key, "Echo", payload)).toEqual(payload);
    expect(payload).toEqual(new Uint8Array([1, 2, 3]));
    await expect(call(key, "Nonsense")).rejects.toMatchObject({
      code: "dispatch.invocation_failed",
      message: `Invocation failure: Failed to invoke actor: Guest call failure: No handler registered for function "Nonsense"`,
    });
  });

  it("counts through a linked key-value provider", async () => {
    const { host, start, call } = await startTestHost();
    const { key } = await start("kvcounter");
    await expect(call(key, "Count")).rejects.toMatchObject({
      message: expect.stringContaining("was not found as an actor public key"),
    });
    await host.startProvider({
      descriptor: MEMORY_KEYVALUE_PROVIDER,
      provider: new MemoryKeyValueProvider(),
    });
    await host.setLink({
      actorId: key,
      providerId: MEMORY_KEYVALUE_PROVIDER.id,
      contractId: "wasmcloud:keyvalue",
      linkName: "default",
      values: {},
    });
    const counts = [];
    for (let i = 0; i < 3; i++) counts.push(decode(await call(key, "Count")));
    expect(counts).toEqual([{ counter: 1 }, { counter: 2 }, { counter: 3 }]);
    expect((await host.describe()).links).toMatchObject([{ state: "bound" }]);
  });

  it("lets actors call each other by alias and by key", async () => {
    const { start, call } = await startTestHost();
    const pinger = await start("pinger");
    const ponger = await start("ponger");
    for (const target of ["weblattice/examples/ponger", ponger.key]) {
      expect(decode(await call(pinger.key, "PingVia", { target, value: 1 }))).toEqual({ value: 43 });
    }
  });
});

describe("a misbehaving guest", () => {
  it("is ended at its deadline while others are answered, and answers its next call", async () => {
    const { host, start, call, events } = await startTestHost({ limits: { callDeadlineMs: 2_000 } });
    const faulty = await start("faulty");
    const echo = await start("echo");
    const spinning = call(faulty.key, "Spin");
    expect(await host.callActor(echo.key, "Echo", new Uint8Array([7]))).toEqual(new Uint8Array([7]));
    await expect(spinning).rejects.toMatchObject({ details: { reason: "actor.deadline" } });
    await expect(call(faulty.key, "Fail", { text: "again" })).rejects.toMatchObject({
      message: expect.stringContaining("again"),
    });
    expect((await host.describe()).actors[0]).toMatchObject({ key: testActor("faulty").key, restarts: 1 });
    expect(events.some((event) => event.type === "actor_failed")).toBe(true);
  });

  it.each(["Trap", "Recurse", "BadPointer"])("is replaced after %s", async (operation) => {
    const { host, start, call } = await startTestHost();
    const { key } = await start("faulty");
    await expect(call(key, operation)).rejects.toMatchObject({ code: "dispatch.invocation_failed" });
    await expect(call(key, "Fail", { text: "alive" })).rejects.toMatchObject({
      message: expect.stringContaining("alive"),
    });
    expect((await host.describe()).actors[0]?.restarts).toBe(1);
  });

  it("may not answer more than the limit", async () => {
    const { start, call } = await startTestHost({ limits: { payloadBytes: 1_000 } });
    const { key } = await start("faulty");
    await expect(call(key, "Oversize", { bytes: 2_000 })).rejects.toMatchObject({
      details: { reason: "input.too_large" },
    });
  });

  it("that fails in wapc_init is not listed and leaves nothing behind", async () => {
    const { host, start, events } = await startTestHost();
    await expect(start("faulty-init")).rejects.toMatchObject({ code: "guest.trap" });
    expect((await host.describe()).actors).toEqual([]);
    expect(events.filter((event) => event.type === "actor_failed")).toHaveLength(1);
  });

  it("cannot call itself", async () => {
    const { start, call } = await startTestHost();
    const { key } = await start("faulty");
    await expect(
      call(key, "Call", { target: key, operation: "Fail", payload: new Uint8Array(0) }),
    ).rejects.toMatchObject({ message: expect.stringContaining("would come back to actor") });
  });
});
