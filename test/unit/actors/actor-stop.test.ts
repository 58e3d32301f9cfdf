import { decode, encode } from "@msgpack/msgpack";
import { describe, expect, it } from "vitest";
import { runActor } from "./running-actor.ts";
import { useThreads } from "./threads.ts";

const threads = useThreads();
const ping = { target: "t", value: 1 };
const pong = { ok: true, payload: encode({ value: 5 }) } as const;

describe("a full queue", () => {
  it("refuses what is too much, and drops what waits too long", async () => {
    const { call } = await runActor("faulty", threads.current.runtime(), { queueLength: 1 });
    const spinning = call("Spin", undefined, { deadline: Date.now() + 300 });
    const waiting = call("Fail", { text: "late" }, { maxWaitMs: 20 });
    await expect(call("Fail")).rejects.toMatchObject({ code: "actor.queue_full" });
    await expect(waiting).rejects.toMatchObject({
      code: "actor.deadline",
      message: "The call waited 20 ms and was not started",
    });
    await expect(spinning).rejects.toMatchObject({ code: "actor.deadline" });
  });

  it("is not entered by a call whose deadline has passed", async () => {
    const { call } = await runActor("faulty", threads.current.runtime());
    const spinning = call("Spin", undefined, { deadline: Date.now() + 300 });
    await expect(call("Fail", undefined, { deadline: Date.now() - 1 })).rejects.toMatchObject({
      code: "actor.deadline",
    });
    await expect(spinning).rejects.toMatchObject({ code: "actor.deadline" });
  });
});

describe("stopping an actor", () => {
  it("lets the call it serves end, refuses those that wait, and ends its thread", async () => {
    let answer: () => void = () => undefined;
    const { actor, call, hostCalls } = await runActor("pinger", threads.current.runtime(), {
      answer: () =>
        new Promise((resolve) => {
          answer = () => resolve(pong);
        }),
    });
    const served = call("PingVia", ping);
    const waiting = expect(call("PingVia", ping)).rejects.toMatchObject({
      code: "actor.stopped",
      message: `Actor ${actor.key} was stopped`,
    });
    while (hostCalls.length === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    const stopped = actor.stop(5_000);
    await waiting;
    await expect(call("PingVia", ping)).rejects.toMatchObject({ code: "actor.stopped" });
    answer();
    expect(decode(await served)).toEqual({ value: 5 });
    await stopped;
    await threads.current.atMost(0);
  });

  it("ends the call it serves when its grace is over", async () => {
    const { actor, call, failures } = await runActor("faulty", threads.current.runtime());
    const spinning = expect(call("Spin")).rejects.toMatchObject({ code: "actor.stopped" });
    await actor.stop(50);
    await actor.stop();
    await spinning;
    expect(failures).toEqual([]);
    await threads.current.atMost(0);
  });

  it("while its instance is made anew leaves nothing running", async () => {
    const { actor, call } = await runActor("faulty-init", threads.current.runtime(), {
      answer: async () => pong,
    });
    await threads.current.close();
    const late = call("Learned").catch((error: unknown) => error);
    await actor.stop();
    expect(await late).toMatchObject({ code: "actor.stopped" });
    await threads.current.atMost(0);
  });
});
