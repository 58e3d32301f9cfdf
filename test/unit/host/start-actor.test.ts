import { describe, expect, it, vi } from "vitest";
import { ALLOW_ALL, type Authorizer, extractToken } from "../../../src/index.ts";
import { testActor } from "../../support/actors.ts";
import { startTestHost } from "../../support/node-host.ts";
import { signed } from "../actors/signing.ts";
import { useThreads } from "../actors/threads.ts";

const threads = useThreads();
const echo = testActor("echo");

describe("a running actor", () => {
  it("is described by its claims and what became of it", async () => {
    const { host } = await startTestHost({
      configure: (builder) => builder.withClock(() => 1_700_000_000_000),
    });
    const { bytes, key, claims } = await signed("echo", {
      name: "Echo",
      capabilities: ["wasmcloud:httpserver"],
      callAlias: "echo",
      tags: ["a"],
      version: "1.0",
      revision: 7,
      expires: 4_000_000_000,
    });
    const description = await host.startActor(bytes, { reference: "file.wasm" });
    expect(description).toEqual({
      key,
      name: "Echo",
      issuer: claims.issuer,
      revision: 7,
      moduleHash: claims.moduleHash,
      version: "1.0",
      capabilities: ["wasmcloud:httpserver"],
      callAlias: "echo",
      tags: ["a"],
      expires: 4_000_000_000,
      reference: "file.wasm",
      startedAt: 1_700_000_000_000,
      hostCalls: "none",
      health: { state: "running" },
      calls: 0,
      failures: 0,
      restarts: 0,
      pending: 0,
      placement: "isolated",
      instances: 1,
      liveInstances: 1,
    });
    expect((await host.describe()).actors).toEqual([description]);
  });

  it("has stand-ins for what its claims lack", async () => {
    const { host } = await startTestHost();
    const { bytes } = await signed("echo", { name: null, capabilities: null, version: null });
    const description = await host.startActor(bytes);
    expect(description).toMatchObject({ name: "Anonymous", tags: [], revision: 1 });
    for (const absent of ["capabilities", "version", "callAlias", "expires", "reference"]) {
      expect(description).not.toHaveProperty(absent);
    }
  });

  it("is stopped by its key or by what it was started from, once", async () => {
    const { host, events } = await startTestHost();
    for (const name of [echo.key, "file.wasm"]) {
      await host.startActor(echo.bytes, { reference: "file.wasm" });
      await host.stopActor(name);
      expect((await host.describe()).actors).toEqual([]);
    }
    expect(events.filter(({ type }) => type === "actor_stopped")).toMatchObject([
      { actor: echo.key },
      { actor: echo.key },
    ]);
    await expect(host.stopActor(echo.key)).rejects.toMatchObject({
      code: "actor.not_running",
      message: "Actor is not running on this host",
      details: { actor: echo.key },
    });
  });

  it("that is stopped answers no more calls, nor has it a log", async () => {
    const { host, start, call } = await startTestHost();
    const { key } = await start("faulty");
    await call(key, "Log", { text: "line" });
    expect(host.actorLog(key)).toMatchObject([{ level: "info", message: "line", scope: "actor Faulty" }]);
    await host.stopActor(key);
    await expect(call(key, "Log", { text: "line" })).rejects.toThrow("No local bus subscribers found");
    expect(() => host.actorLog(key)).toThrow(expect.objectContaining({ code: "actor.not_running" }));
  });
});

describe("starting an actor", () => {
  it("twice is refused, also at the same time, and the first goes on", async () => {
    const { host, start, call } = await startTestHost();
    const outcomes = await Promise.allSettled([start("echo"), start("echo"), start("echo")]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected", "rejected"]);
    await expect(start("echo")).rejects.toMatchObject({
      code: "actor.already_running",
      message: `Cannot start already running actor ${echo.key}`,
    });
    expect((await host.describe()).actors).toHaveLength(1);
    expect(await call(echo.key, "Echo", 1)).toHaveLength(1);
  });

  it("that the authorizer refuses runs nothing", async () => {
    const canLoad = vi.fn<Authorizer["canLoad"]>(async () => false);
    const { host, start, events } = await startTestHost({
      configure: (builder) =>
        builder.withAuthorizer({ ...ALLOW_ALL, canLoad }).withActorRuntime(threads.current.runtime()),
    });
    await expect(start("echo")).rejects.toMatchObject({
      code: "actor.start_refused",
      message: "Permission denied starting actor.",
    });
    expect(canLoad.mock.calls).toMatchObject([[{ subject: echo.key }]]);
    expect(threads.current.names.filter((name) => name !== "probe")).toEqual([]);
    expect(events.at(-1)).toMatchObject({
      type: "actor_failed",
      actor: echo.key,
      error: { code: "actor.start_refused" },
    });
    expect((await host.describe()).counters).toEqual({ "actors.start_failed": 1 });
  });

  it.each<[string, string, () => Uint8Array | Promise<Uint8Array>]>([
    ["no module", "module.malformed", () => Buffer.from("garbage")],
    ["nothing", "module.malformed", () => new Uint8Array(0)],
    ["an unsigned module", "module.unsigned", () => extractToken(echo.bytes).unsigned],
    ["a changed module", "module.hash_mismatch", () => echo.bytes.with(echo.bytes.indexOf(0x0b, 100), 0x01)],
    ["expired claims", "claims.expired", async () => (await signed("echo", { expires: 1 })).bytes],
    ["early claims", "claims.not_yet_valid", async () => (await signed("echo", { notBefore: 4e9 })).bytes],
    ["no guest", "module.no_guest_call", () => testActor("nocall").bytes],
    ["foreign imports", "module.unknown_import", async () => (await signed({ from: "env" })).bytes],
    ["bad code", "module.compile_failed", async () => (await signed({ guestCall: [0xff] })).bytes],
    ["a guest that fails", "guest.trap", () => testActor("faulty-init").bytes],
  ])("from %s is refused with a code of its own, and leaves nothing", async (_what, code, module) => {
    const { host, events } = await startTestHost();
    await expect(host.startActor(await module())).rejects.toMatchObject({
      code,
      message: expect.stringMatching(/./),
    });
    const { actors, counters } = await host.describe();
    expect(actors).toEqual([]);
    expect(counters["actors.start_failed"]).toBe(1);
    expect(events.filter(({ type }) => type === "actor_failed")).toMatchObject([{ error: { code } }]);
    expect(events.some(({ type }) => type === "actor_started")).toBe(false);
  });

  it("from too large a module is refused before anything is looked at", async () => {
    const { host } = await startTestHost({ limits: { moduleBytes: 100 } });
    await expect(host.startActor(echo.bytes)).rejects.toMatchObject({ code: "module.too_large" });
  });

  it("that failed can be tried again", async () => {
    const answers = [false, true];
    const authorizer = { ...ALLOW_ALL, canLoad: () => answers.shift() ?? true };
    const { start } = await startTestHost({ configure: (builder) => builder.withAuthorizer(authorizer) });
    await expect(start("echo")).rejects.toMatchObject({ code: "actor.start_refused" });
    expect(await start("echo")).toMatchObject({ key: echo.key });
  });

  it("whose guest calls out before it runs may do so within its claims", async () => {
    const { host, start, events } = await startTestHost();
    await expect(start("faulty-init")).rejects.toMatchObject({ code: "guest.trap" });
    expect((await host.describe()).actors).toEqual([]);
    await start("ponger");
    expect(await start("faulty-init")).toMatchObject({ health: { state: "running" } });
    expect(events.filter(({ type }) => type === "call")).toMatchObject([{ call: { operation: "Ping" } }]);
  });
});

describe("a call alias", () => {
  it("belongs to the first actor that claims it", async () => {
    const { host, log, call } = await startTestHost();
    const [first, second] = [
      await signed("echo", { callAlias: "same" }),
      await signed("faulty", { callAlias: "same" }),
    ];
    await host.startActor(first.bytes);
    await host.startActor(second.bytes);
    expect(await call("same", "Echo", 1)).toHaveLength(1);
    expect(log.records()).toContainEqual(
      expect.objectContaining({ level: "warn", message: "Cannot put call alias, same is already claimed" }),
    );
  });

  it("that passes for a contract is not taken, and the actor runs without it", async () => {
    const { host, call } = await startTestHost();
    const { bytes, key } = await signed("echo", { callAlias: "wasmcloud:keyvalue" });
    await host.startActor(bytes);
    await expect(call("wasmcloud:keyvalue", "Echo", 1)).rejects.toMatchObject({ code: "dispatch.no_target" });
    expect(await call(key, "Echo", 1)).toHaveLength(1);
  });
});
