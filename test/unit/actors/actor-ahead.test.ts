import { decode, encode } from "@msgpack/msgpack";
import { describe, expect, it } from "vitest";
import type { CallContext } from "../../../src/actors/index.ts";
import type { HostCallAnswer } from "../../../src/wapc/index.ts";
import { type RunningActor, type RunOptions, runActor } from "./running-actor.ts";
import { useThreads } from "./threads.ts";

const threads = useThreads();
const hostCall = { target: "t", operation: "o" };

/** The actor `faulty`, whose host calls wait until the test answers them. */
interface HeldActor extends RunningActor {
  /** Contexts of the host calls that wait, first come first. */
  readonly asking: { readonly context: CallContext; readonly letGo: () => void }[];
  asked(count: number): Promise<void>;
}

async function heldActor(options: RunOptions = {}): Promise<HeldActor> {
  const asking: HeldActor["asking"] = [];
  const answer = (_request: unknown, context: CallContext): Promise<HostCallAnswer> =>
    new Promise((resolve) => {
      asking.push({ context, letGo: () => resolve({ ok: true, payload: encode(null) }) });
    });
  const running = await runActor("faulty", threads.current.runtime(), { ...options, answer });
  const asked = async (count: number): Promise<void> => {
    while (asking.length < count) await new Promise((resolve) => setTimeout(resolve, 1));
  };
  return { ...running, asking, asked };
}

function say({ call }: RunningActor, text: string, context: Partial<CallContext> = {}): Promise<Uint8Array> {
  return call("Log", { text, count: 1 }, context);
}

describe("calls that were sent ahead to a busy instance", () => {
  it("keep their order, also among larger ones that are not sent ahead", async () => {
    const { call } = await runActor("echo", threads.current.runtime());
    const order: number[] = [];
    const calls = Array.from({ length: 60 }, async (_, i) => {
      const text = "x".repeat(i % 7 === 3 ? 20_000 : i * 40);
      expect(decode(await call("Echo", { i, text }))).toEqual({ i, text });
      order.push(i);
    });
    await Promise.all(calls);
    expect(order).toEqual(calls.map((_, i) => i));
  });

  it("do not run while the one before waits for the host, and make host calls as themselves", async () => {
    const running = await heldActor();
    const calls = ["MA", "MB"].map((caller) => running.call("Call", hostCall, { chain: [caller] }));
    const last = say(running, "last");
    await running.asked(1);
    running.asking[0]?.letGo();
    await running.asked(2);
    expect(running.log).toEqual([]);
    running.asking[1]?.letGo();
    await Promise.all([...calls, last]);
    const { key } = running.actor;
    expect(running.asking.map(({ context }) => context.chain)).toEqual([
      ["MA", key],
      ["MB", key],
    ]);
    expect(running.log).toEqual(["last"]);
  });

  it("are given as long in the guest as any, however long they waited", async () => {
    const running = await heldActor({ deadlineMs: 1_000 });
    const calls = [running.call("Call", hostCall), running.call("Call", hostCall)];
    await running.asked(1);
    await new Promise((resolve) => setTimeout(resolve, 300));
    const before = Date.now();
    running.asking[0]?.letGo();
    await running.asked(2);
    expect(running.asking[1]?.context.deadline).toBeGreaterThanOrEqual(before + 800 - 1);
    running.asking[1]?.letGo();
    await Promise.all(calls);
  });

  it("run once on a fresh instance when the one before misses its deadline", async () => {
    const running = await heldActor();
    const spinning = running.call("Spin", undefined, { deadline: Date.now() + 300 });
    const texts = ["a", "b", "c"];
    const waiting = texts.map((text) => say(running, text));
    await expect(spinning).rejects.toMatchObject({ code: "actor.deadline" });
    await Promise.all(waiting);
    expect(running.log).toEqual(texts);
    expect(running.actor.statistics).toMatchObject({ calls: 4, failures: 1, restarts: 1 });
    expect(running.failures).toHaveLength(1);
    await threads.current.atMost(1);
  });

  it("run on a fresh instance when the one before traps", async () => {
    const running = await heldActor();
    const calls = [running.call("Trap"), say(running, "a"), running.call("Trap"), say(running, "b")];
    const outcomes = await Promise.allSettled(calls);
    expect(outcomes.map(({ status }) => status)).toEqual(["rejected", "fulfilled", "rejected", "fulfilled"]);
    expect(running.log).toEqual(["a", "b"]);
    expect(running.failures.map(({ code }) => code)).toEqual(["guest.trap", "guest.trap"]);
    expect(running.actor.statistics.restarts).toBe(2);
  });

  it("run once on a fresh instance when the thread ends under the one before", async () => {
    const running = await heldActor();
    const first = expect(running.call("Call", hostCall)).rejects.toMatchObject({
      code: "actor.worker_failed",
    });
    await running.asked(1);
    const waiting = ["a", "b"].map((text) => say(running, text));
    await threads.current.close();
    await first;
    await Promise.all(waiting);
    expect(running.log).toEqual(["a", "b"]);
  });

  it("are dropped at their deadlines, never run then, and cost nobody an instance", async () => {
    const running = await heldActor();
    const first = running.call("Call", hostCall);
    await running.asked(1);
    const late = [
      say(running, "by deadline", { deadline: Date.now() + 50 }),
      say(running, "by patience", { maxWaitMs: 50 }),
    ];
    const last = say(running, "last");
    const outcomes = await Promise.allSettled(late);
    for (const outcome of outcomes) expect(outcome).toMatchObject({ reason: { code: "actor.deadline" } });
    expect(running.actor.statistics.pending).toBe(2);
    running.asking[0]?.letGo();
    await Promise.all([first, last]);
    expect(running.log).toEqual(["last"]);
    expect(running.actor.statistics.restarts).toBe(0);
  });

  it("count as waiting", async () => {
    const running = await heldActor({ queueLength: 2 });
    const first = running.call("Call", hostCall);
    const waiting = [say(running, "a"), say(running, "b")];
    await expect(say(running, "c")).rejects.toMatchObject({ code: "actor.queue_full" });
    expect(running.actor.statistics.pending).toBe(3);
    await running.asked(1);
    running.asking[0]?.letGo();
    await Promise.all([first, ...waiting]);
    expect(running.log).toEqual(["a", "b"]);
  });

  it("are refused and never run when the actor is stopped", async () => {
    const running = await heldActor();
    const first = running.call("Call", hostCall);
    await running.asked(1);
    const waiting = expect(say(running, "a")).rejects.toMatchObject({ code: "actor.stopped" });
    const stopped = running.actor.stop(5_000);
    await waiting;
    running.asking[0]?.letGo();
    await Promise.all([first, stopped]);
    expect(running.log).toEqual([]);
    await threads.current.atMost(0);
  });
});

describe("several instances", () => {
  it("are all given a call before any is sent a second", async () => {
    const running = await heldActor({ instances: 3 });
    const calls = [1, 2, 3].map(() => running.call("Call", hostCall));
    await running.asked(3);
    for (const { letGo } of running.asking) letGo();
    await Promise.all(calls);
    expect(running.actor.statistics.liveInstances).toBe(3);
  });

  it("take over what waits behind a call that lasts", async () => {
    const running = await heldActor({ instances: 2 });
    const calls = [1, 2].map(() => running.call("Call", hostCall));
    await running.asked(2);
    const waiting = ["a", "b", "c", "d"].map((text) => say(running, text));
    running.asking[1]?.letGo();
    await Promise.all(waiting);
    expect([...running.log].sort()).toEqual(["a", "b", "c", "d"]);
    running.asking[0]?.letGo();
    await Promise.all(calls);
  });
});
