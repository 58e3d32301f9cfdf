import { encode } from "@msgpack/msgpack";
import { describe, expect, it } from "vitest";
import type { PlacementOptions, WorkerActorRuntime } from "../../../src/actors/index.ts";
import { HostError } from "../../../src/errors/index.ts";
import { type HostCallAnswer, inspectModule, NO_STRATEGY_MESSAGE } from "../../../src/wapc/index.ts";
import { testActor } from "../../support/actors.ts";
import { call as callImport, DATA, type Handmade, handmade, UNREACHABLE } from "../wapc/handmade.ts";
import { PlacedGuest } from "./placed-guest.ts";
import { scriptOf, useThreads } from "./threads.ts";

const threads = useThreads();
const NOTHING = new Uint8Array(0);
const stopped = new HostError("actor.stopped", "enough");

async function place(
  runtime: WorkerActorRuntime,
  source: string | Handmade,
  options: PlacementOptions,
): Promise<PlacedGuest> {
  const bytes = typeof source === "string" ? testActor(source).bytes : handmade(source);
  const compiled = await WebAssembly.compile(bytes);
  const hostCalls = inspectModule(compiled).callsHost ? await runtime.hostCalls() : "none";
  const module = { compiled, hostCalls, placement: "isolated", maxMemoryBytes: 2 ** 28 } as const;
  return new PlacedGuest(await runtime.place(module, options), options.onHostCall);
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

  it("is ended in the middle of a loop, and its call fails with the reason", async () => {
    const guest = { guestCall: [...callImport("__console_log", DATA, 0), 0x03, 0x40, 0x0c, 0, 0x0b, 0x00] };
    let onBegun: () => void = () => undefined;
    const begun = new Promise<void>((resolve) => {
      onBegun = resolve;
    });
    const placed = await place(
      threads.current.runtime({ allow: [] }),
      guest,
      placement({ onLog: () => onBegun() }),
    );
    const call = placed.call("Spin", NOTHING);
    await begun;
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

describe("calls sent to a busy guest", () => {
  const hostCall = encode({ target: "t", operation: "o" });
  /** Answers host calls when the test says so. */
  function held(): { onHostCall: PlacementOptions["onHostCall"]; asked: Promise<void>; letGo: () => void } {
    let [letGo, onAsked]: [() => void, () => void] = [() => {}, () => {}];
    const asked = new Promise<void>((resolve) => {
      onAsked = resolve;
    });
    const answer = new Promise<HostCallAnswer>((resolve) => {
      letGo = () => resolve({ ok: true, payload: NOTHING });
    });
    const onHostCall = (): Promise<HostCallAnswer> => {
      onAsked();
      return answer;
    };
    return { onHostCall, asked, letGo: () => letGo() };
  }

  it("are served one by one in the order in which they were sent", async () => {
    const placed = await place(threads.current.runtime(), "echo", placement());
    const answered: number[] = [];
    const values = Array.from({ length: 16 }, (_, i) => i);
    const calls = values.map(async (value) => {
      // Payloads that are copied and such that would be handed over travel together.
      const [first = -1] = await placed.call(
        "Echo",
        new Uint8Array(value % 2 === 0 ? 10 : 2_000).fill(value),
      );
      answered.push(first);
    });
    expect(placed.placement.hasRoom).toBe(false);
    await Promise.all(calls);
    expect(answered).toEqual(values);
    expect(placed.placement.hasRoom).toBe(true);
  });

  it("do not enter it while it waits for the host, and make their own host calls", async () => {
    const { onHostCall, asked, letGo } = held();
    const placed = await place(threads.current.runtime(), "faulty", placement());
    const order: string[] = [];
    const first = placed.send("Call", hostCall, onHostCall);
    const second = placed.send("Call", hostCall, async () => {
      order.push("second asks");
      return { ok: true, payload: Uint8Array.of(2) };
    });
    await asked;
    order.push("first is answered");
    letGo();
    expect(await first.outcome).toHaveLength(0);
    expect(await second.outcome).toEqual(Uint8Array.of(2));
    expect(order).toEqual(["first is answered", "second asks"]);
  });

  it("never run when they were withdrawn before they were begun", async () => {
    const { onHostCall, asked, letGo } = held();
    const log: string[] = [];
    const placed = await place(
      threads.current.runtime(),
      "faulty",
      placement({ onLog: (line) => log.push(line) }),
    );
    const first = placed.send("Call", hostCall, onHostCall);
    const given = placed.send("Log", encode({ text: "given up", count: 1 }));
    const last = placed.send("Log", encode({ text: "last", count: 1 }));
    await asked;
    expect(placed.placement.withdraw(first.call)).toBe(false);
    expect([1, 2].map(() => placed.placement.withdraw(given.call))).toEqual([true, false]);
    letGo();
    await Promise.all([first.outcome, last.outcome]);
    expect(log).toEqual(["last"]);
    expect(placed.placement.withdraw(last.call)).toBe(false);
  });

  it("are given back with their payloads when it is ended, and only they", async () => {
    const { onHostCall, asked } = held();
    const placed = await place(threads.current.runtime(), "faulty", placement());
    const first = placed.send("Call", hostCall, onHostCall);
    const waiting = [10, 4_000].map((length) => placed.send("Log", new Uint8Array(length)));
    await asked;
    placed.end(stopped);
    await expect(first.outcome).rejects.toBe(stopped);
    expect(await Promise.all(waiting.map(({ outcome }) => outcome))).toEqual(["not begun", "not begun"]);
    expect(waiting.map(({ call }) => call.payload.length)).toEqual([10, 4_000]);
    await threads.current.atMost(0);
  });

  it("are served by the instance that takes the place of one that trapped", async () => {
    const placed = await place(threads.current.runtime(), "faulty", placement());
    const calls = [
      placed.send("Trap", NOTHING),
      placed.send("Log", encode({ text: "a", count: 1 })),
      placed.send("Trap", NOTHING),
      placed.send("Log", encode({ text: "b", count: 1 })),
    ];
    const outcomes = await Promise.allSettled(calls.map(({ outcome }) => outcome));
    expect(outcomes.map(({ status }) => status)).toEqual(["rejected", "fulfilled", "rejected", "fulfilled"]);
    expect([placed.replaced, placed.ended]).toEqual([2, undefined]);
  });
});
