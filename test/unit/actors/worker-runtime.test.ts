import { encode } from "@msgpack/msgpack";
import { describe, expect, it } from "vitest";
import type { ActorPlacement, ActorRuntime, PlacementOptions } from "../../../src/actors/index.ts";
import { HostError } from "../../../src/errors/index.ts";
import { type HostCallAnswer, inspectModule, NO_STRATEGY_MESSAGE } from "../../../src/wapc/index.ts";
import { testActor } from "../../support/actors.ts";
import { type Handmade, handmade, UNREACHABLE } from "../wapc/handmade.ts";
import { scriptOf, useThreads } from "./threads.ts";

const threads = useThreads();
const NOTHING = new Uint8Array(0);
const stopped = new HostError("actor.stopped", "enough");

async function place(
  runtime: ActorRuntime,
  source: string | Handmade,
  options: PlacementOptions,
): Promise<ActorPlacement> {
  const bytes = typeof source === "string" ? testActor(source).bytes : handmade(source);
  const compiled = await WebAssembly.compile(bytes);
  const hostCalls = inspectModule(compiled).callsHost ? await runtime.hostCalls() : "none";
  return runtime.place({ compiled, hostCalls, placement: "isolated", maxMemoryBytes: 2 ** 28 }, options);
}

function placement(options: Partial<PlacementOptions> = {}): PlacementOptions {
  return {
    name: "test",
    onHostCall: async () => ({ ok: true, payload: NOTHING }),
    onLog: () => undefined,
    maxPayloadBytes: 1_000_000,
    startMs: 5_000,
    deadlineMs: 5_000,
    ...options,
  };
}

describe("how guests wait for the host on this version of Node", () => {
  it("is found out once, in a thread that is ended afterwards", async () => {
    const runtime = threads.current.runtime();
    const found = await Promise.all([runtime.hostCalls(), runtime.available(), runtime.hostCalls()]);
    expect(found).toEqual(["shared-memory", ["shared-memory", "none"], "shared-memory"]);
    expect(threads.current.names).toEqual(["probe"]);
    await threads.current.atMost(0);
  });

  it.each([
    [["shared-memory"], "shared-memory"],
    [["jspi", "shared-memory"], "shared-memory"],
    [["jspi"], "none"],
    [[], "none"],
  ] as const)("is chosen among what is allowed: %j gives %s", async (allow, strategy) => {
    expect(await threads.current.runtime({ allow }).hostCalls()).toBe(strategy);
  });

  it("is asked again after a probe that failed", async () => {
    const scripts = [scriptOf("throw new Error('not yet')"), undefined];
    const runtime = threads.current.runtime({}, undefined);
    const start = threads.current.start.bind(threads.current);
    threads.current.start = (name) => start(name, scripts.shift());
    await expect(runtime.hostCalls()).rejects.toMatchObject({
      code: "actor.worker_failed",
      message: "The actor's worker failed: not yet",
    });
    expect(await runtime.hostCalls()).toBe("shared-memory");
  });
});

describe("placing a guest", () => {
  it("needs no strategy for one that makes no host calls", async () => {
    const placed = await place(threads.current.runtime(), "echo", placement());
    expect(threads.current.names).toEqual(["test"]);
    expect(await placed.call("Echo", Uint8Array.of(1, 2))).toEqual(Uint8Array.of(1, 2));
  });

  it("takes its host calls to the host and the answers back, whatever their size", async () => {
    for (const length of [0, 10, 65_536, 300_000]) {
      const answer = Uint8Array.from({ length }, (_, i) => i % 253);
      const options = placement({ onHostCall: async () => ({ ok: true, payload: answer.slice() }) });
      const placed = await place(threads.current.runtime(), "faulty", options);
      const got = await placed.call("Call", encode({ target: "t", operation: "o" }));
      expect(Buffer.compare(got, answer)).toBe(0);
      placed.end(stopped);
    }
  });

  it("fails a host call with the text of what went wrong in the host", async () => {
    const options = placement({ onHostCall: () => Promise.reject(new Error("größer 日本")) });
    const placed = await place(threads.current.runtime(), "faulty", options);
    await expect(placed.call("Call", encode({ target: "t", operation: "o" }))).rejects.toMatchObject({
      code: "guest.failure",
      message: expect.stringContaining("größer 日本"),
    });
    expect(placed.ended).toBeUndefined();
  });

  it("without a strategy fails host calls with a clear text, and nothing else", async () => {
    const placed = await place(threads.current.runtime({ allow: [] }), "pinger", placement());
    await expect(placed.call("PingVia", encode({ target: "t", value: 1 }))).rejects.toMatchObject({
      code: "guest.failure",
      message: expect.stringContaining(NO_STRATEGY_MESSAGE),
    });
    expect(await placed.call("HealthRequest", encode({ placeholder: true }))).toHaveLength(19);
  });

  it("hands over a payload that is worth it, and copies a small one or a part of something larger", async () => {
    const placed = await place(threads.current.runtime(), "echo", placement());
    const large = Uint8Array.from({ length: 2_048 }, (_, i) => i % 251);
    const small = Uint8Array.of(1, 2, 3);
    const part = Uint8Array.of(1, 2, 3).subarray(1);
    expect(await placed.call("Echo", large)).toHaveLength(2_048);
    expect(await placed.call("Echo", small)).toEqual(Uint8Array.of(1, 2, 3));
    expect(await placed.call("Echo", part)).toEqual(Uint8Array.of(2, 3));
    expect([large.length, small.length, part.length]).toEqual([0, 3, 2]);
  });

  it("takes the guest's console lines", async () => {
    const log: string[] = [];
    const options = placement({ onLog: (text) => log.push(text) });
    const placed = await place(threads.current.runtime(), "faulty", options);
    await placed.call("Log", encode({ text: "line", count: 3 }));
    expect(log).toEqual(["line", "line", "line"]);
  });

  it.each([
    ["traps", { functions: { wapc_init: UNREACHABLE } }, { code: "guest.trap" }, 10_000],
    [
      "never ends",
      { functions: { wapc_init: [0x03, 0x40, 0x0c, 0, 0x0b] } },
      { code: "actor.deadline" },
      300,
    ],
  ])("leaves nothing running if the start of the guest %s", async (_what, guest, failure, startMs) => {
    const runtime = threads.current.runtime({ allow: [] });
    await runtime.hostCalls();
    await expect(place(runtime, guest, placement({ startMs }))).rejects.toMatchObject(failure);
    await threads.current.atMost(0);
  });

  it("leaves nothing running if the thread does not start", async () => {
    const runtime = threads.current.runtime({}, scriptOf("process.exit(2)"));
    await expect(place(runtime, "echo", placement())).rejects.toMatchObject({
      code: "actor.worker_failed",
      message: "The actor's worker failed: the thread ended with code 2",
    });
    await threads.current.atMost(0);
  });
});

describe("a placed guest", () => {
  it("is replaced inside its thread after a trap", async () => {
    const placed = await place(threads.current.runtime(), "faulty", placement());
    await expect(placed.call("Trap", NOTHING)).rejects.toMatchObject({ code: "guest.trap" });
    expect([placed.replaced, placed.ended]).toEqual([1, undefined]);
    await expect(placed.call("Fail", encode({ text: "alive" }))).rejects.toMatchObject({ message: "alive" });
    expect(threads.current.names.filter((name) => name === "test")).toHaveLength(1);
  });

  it("takes one call at a time", async () => {
    const placed = await place(threads.current.runtime(), "echo", placement());
    const first = placed.call("Echo", Uint8Array.of(1));
    await expect(placed.call("Echo", NOTHING)).rejects.toMatchObject({ code: "internal" });
    expect(await first).toEqual(Uint8Array.of(1));
  });

  it("is ended in the middle of a loop, and its call fails with the reason", async () => {
    const placed = await place(threads.current.runtime(), "faulty", placement());
    const call = placed.call("Spin", NOTHING);
    placed.end(stopped);
    await expect(call).rejects.toBe(stopped);
    await expect(placed.call("Fail", NOTHING)).rejects.toBe(stopped);
    await threads.current.atMost(0);
  });

  it("is ended while it waits for the host, whose late answer is dropped", async () => {
    let answer: (value: HostCallAnswer) => void = () => undefined;
    let onAsked: () => void = () => undefined;
    const asked = new Promise<void>((resolve) => {
      onAsked = resolve;
    });
    const onHostCall = (): Promise<HostCallAnswer> =>
      new Promise((resolve) => {
        answer = resolve;
        onAsked();
      });
    const placed = await place(threads.current.runtime(), "faulty", placement({ onHostCall }));
    const call = placed.call("Call", encode({ target: "t", operation: "o" }));
    await asked;
    placed.end(stopped);
    await expect(call).rejects.toBe(stopped);
    answer({ ok: true, payload: NOTHING });
    await threads.current.atMost(0);
  });
});
