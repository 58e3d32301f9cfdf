import { decode, encode } from "@msgpack/msgpack";
import { describe, expect, it } from "vitest";
import type { ActorPlacement, ActorRuntime } from "../../../src/actors/index.ts";
import { extractToken, moduleHash, verifyActorModule, verifyActorToken } from "../../../src/claims/index.ts";
import { HostError } from "../../../src/errors/index.ts";
import {
  HostBuilder,
  KeyPair,
  MEMORY_KEYVALUE_PROVIDER,
  MemoryKeyValueProvider,
} from "../../../src/index.ts";
import { JSPI_PROBE } from "../../../src/wapc/index.ts";
import { testActor } from "../../support/actors.ts";
import { startTestHost } from "../../support/node-host.ts";
import { revisionsOf } from "../../support/revisions.ts";

const echo = testActor("echo");
const kvcounter = testActor("kvcounter");
const NOTHING = new Uint8Array(0);

/** What no test of these runs. */
const idle: ActorRuntime = {
  maxInstances: 1,
  hostCalls: async () => "none",
  prepare: () => Promise.reject(new HostError("internal", "not expected")),
  place: () => Promise.reject(new HostError("internal", "not expected")),
  close: async () => undefined,
};

describe("a host that is given a key", () => {
  it("has that identity, start after start", async () => {
    const key = await KeyPair.generate("server");
    for (let start = 0; start < 2; start++) {
      const { host } = await startTestHost({ configure: (builder) => builder.withKey(key) });
      expect(host.id).toBe(key.publicKey);
    }
  });

  it("takes none of another kind", async () => {
    const key = await KeyPair.generate("account");
    const builder = new HostBuilder().withActorRuntime(idle).withKey(key);
    expect(() => builder.build()).toThrow(expect.objectContaining({ code: "input.invalid" }));
  });
});

describe("a host whose heartbeats are its caller's matter", () => {
  it("tells how everything is when it is asked to, and never by itself", async () => {
    const { host, events, start } = await startTestHost({
      limits: { heartbeatMs: 1 },
      configure: (builder) => builder.withCallersHeartbeat(),
    });
    await start("echo");
    expect(events.filter(({ type }) => type === "heartbeat")).toEqual([]);
    await host.beat();
    const [beat, ...more] = events.filter(({ type }) => type === "heartbeat");
    expect(beat).toMatchObject({ states: { [echo.key]: { state: "running" } } });
    expect(more).toEqual([]);
  });
});

describe("modules that an environment brings along", () => {
  it("are started by its references, and others are fetched or refused as it says", async () => {
    const { host } = await startTestHost({
      configure: (builder) =>
        builder.withBundledModules(async (reference) => {
          if (reference === "echo") return echo.bytes;
          throw new HostError("module.not_bundled", "not here");
        }),
    });
    expect(await host.startActorFrom("echo")).toMatchObject({ key: echo.key, reference: "echo" });
    await expect(host.startActorFrom("other")).rejects.toMatchObject({ code: "module.not_bundled" });
  });

  it("replace a running one in a live update, by a reference that no registry has", async () => {
    const { key, sign } = await revisionsOf("bare");
    const bytes = await sign(3);
    const { host } = await startTestHost({
      configure: (builder) =>
        builder
          .enableLiveUpdates()
          .withBundledModules(async (name) => (name === "newer" ? bytes : undefined)),
    });
    await host.startActor(await sign(2));
    expect(await host.updateActorFrom(key, "newer")).toMatchObject({ key, revision: 3, reference: "newer" });
    await expect(host.updateActorFrom(key, "other")).rejects.toMatchObject({
      code: "registry.invalid_reference",
    });
  });

  it("need not have their bytes where the runtime has them compiled", async () => {
    const seen: unknown[] = [];
    const runtime: ActorRuntime = {
      ...idle,
      prepare: async (verified) => {
        seen.push(verified.bytes);
        return { hostCalls: "none", placement: "pooled", maxMemoryBytes: 1 };
      },
      place: async (): Promise<ActorPlacement> => ({
        ended: undefined,
        replaced: 0,
        hasRoom: true,
        send: (call) => call.answered(NOTHING),
        withdraw: () => false,
        end: () => undefined,
      }),
    };
    const host = new HostBuilder().withActorRuntime(runtime).withLogSinks().build();
    await host.start();
    const { token, unsigned } = extractToken(echo.bytes);
    const verified = await verifyActorToken(token, { moduleHash: () => moduleHash(unsigned) });
    expect(await host.startActor(verified)).toMatchObject({ key: echo.key, placement: "pooled" });
    expect(seen).toEqual([undefined]);
    await host.stop();
  });

  it("cannot be run without their bytes by a runtime that compiles them itself", async () => {
    // No other test compiles the module for so much memory.
    const { host } = await startTestHost({ limits: { memoryBytes: 77 * 65_536 } });
    const { claims, token } = await verifyActorModule(echo.bytes);
    await expect(host.startActor({ claims, token })).rejects.toMatchObject({ code: "internal" });
    expect((await host.describe()).actors).toEqual([]);
  });
});

describe("the token of a module that somebody else has hashed", () => {
  it("is refused for another module", async () => {
    const { token } = extractToken(echo.bytes);
    const other = (): Promise<string> => moduleHash(extractToken(kvcounter.bytes).unsigned);
    await expect(verifyActorToken(token, { moduleHash: other })).rejects.toMatchObject({
      code: "module.hash_mismatch",
    });
  });
});

describe("host calls of a guest that runs elsewhere on behalf of an actor", () => {
  const request = {
    binding: "",
    namespace: "wasmcloud:keyvalue",
    operation: "Add",
    payload: encode({ key: "k", value: 2 }) as Uint8Array<ArrayBuffer>,
  };
  const context = { chain: [kvcounter.key], deadline: Number.MAX_SAFE_INTEGER };

  it("are answered as the actor's own", async () => {
    const { host, start } = await startTestHost();
    await host.startProvider({
      descriptor: MEMORY_KEYVALUE_PROVIDER,
      provider: new MemoryKeyValueProvider(),
    });
    await start("kvcounter");
    await host.setLink({
      actorId: kvcounter.key,
      providerId: MEMORY_KEYVALUE_PROVIDER.id,
      contractId: "wasmcloud:keyvalue",
      linkName: "default",
      values: {},
    });
    const answer = await host.answerHostCall(kvcounter.key, request, context);
    expect(answer.ok && decode(answer.payload)).toEqual({ value: 2 });
  });

  it("fail for an actor that does not run here", async () => {
    const { host } = await startTestHost();
    expect(await host.answerHostCall(kvcounter.key, request, context)).toEqual({
      ok: false,
      message: "Actor is not running on this host",
    });
  });
});

describe("a host that joins a lattice on demand", () => {
  it("is asked to when a call needs one, and the call fails with the reason if it does not", async () => {
    let asked = 0;
    const { host, call } = await startTestHost({
      configure: (builder) =>
        builder.withLatticeOnDemand(async () => {
          asked++;
          throw new HostError("lattice.connect_failed", "no server");
        }),
    });
    const elsewhere = testActor("ponger").key;
    await expect(call(elsewhere, "Ping", { value: 1 })).rejects.toMatchObject({
      details: { reason: "lattice.connect_failed" },
    });
    await host.startActor(echo.bytes);
    await call(echo.key, "Echo", 1);
    expect(asked).toBe(1);
  });
});

it("the module that probes promise integration is valid", () => {
  expect(WebAssembly.validate(JSPI_PROBE)).toBe(true);
});
