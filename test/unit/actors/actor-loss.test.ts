import { decode, encode } from "@msgpack/msgpack";
import { describe, expect, it } from "vitest";
import { runActor } from "./running-actor.ts";
import { useThreads } from "./threads.ts";

const threads = useThreads();
const pong = { ok: true, payload: encode({ value: 5 }) } as const;

/** The context of a call that shall end soon. */
const soon = (): { deadline: number } => ({ deadline: Date.now() + 200 });

describe("an actor that loses its instance", () => {
  it("is given a new thread after its deadline, and told about once", async () => {
    const { actor, call, failures } = await runActor("faulty", threads.current.runtime(), {
      deadlineMs: 1_000,
    });
    await expect(call("Spin")).rejects.toMatchObject({
      code: "actor.deadline",
      message: "The actor did not answer before its deadline and was restarted",
      details: { actor: actor.key, operation: "Spin" },
    });
    await expect(call("Fail", { text: "alive" })).rejects.toMatchObject({ message: "alive" });
    expect(actor.statistics).toMatchObject({ calls: 2, failures: 2, restarts: 1 });
    expect(failures.map(({ code }) => code)).toEqual(["actor.deadline"]);
    await threads.current.atMost(1);
  });

  it("answers the calls that waited meanwhile", async () => {
    const { call } = await runActor("faulty", threads.current.runtime());
    const spinning = call("Spin", undefined, soon());
    const waiting = call("Grow", { pages: 0 });
    await expect(spinning).rejects.toMatchObject({ code: "actor.deadline" });
    expect(decode(await waiting)).toMatchObject({ grown: 0 });
  });

  it("ends at its own deadline where the caller's is later", async () => {
    const { call } = await runActor("faulty", threads.current.runtime(), { deadlineMs: 2_000 });
    await expect(call("Spin", undefined, { deadline: Date.now() + 60_000 })).rejects.toMatchObject({
      code: "actor.deadline",
    });
  });

  it("by a trap or too large an answer is told about each time", async () => {
    const { actor, call, failures } = await runActor("faulty", threads.current.runtime(), {
      maxPayloadBytes: 1_000,
    });
    await expect(call("Trap")).rejects.toMatchObject({ code: "guest.trap" });
    await expect(call("Oversize", { bytes: 1_001 })).rejects.toMatchObject({ code: "input.too_large" });
    await expect(call("Fail", { text: "no loss" })).rejects.toMatchObject({ message: "no loss" });
    expect(failures.map(({ code }) => code)).toEqual(["guest.trap", "input.too_large"]);
    expect(actor.statistics.restarts).toBe(2);
  });

  it("and cannot be started anew fails each call with the reason, until it can", async () => {
    let reachable = true;
    const { actor, call, failures } = await runActor("faulty-init", threads.current.runtime(), {
      answer: async () => (reachable ? pong : { ok: false, message: "nobody" }),
    });
    reachable = false;
    // The first call loses the instance: its thread is ended from outside.
    await threads.current.close();
    for (let i = 0; i < 2; i++) await expect(call("Learned")).rejects.toMatchObject({ code: "guest.trap" });
    reachable = true;
    expect(decode(await call("Learned"))).toEqual({ value: 5 });
    expect(failures).toHaveLength(2);
    expect(actor.hostCalls).toBe("shared-memory");
    await threads.current.atMost(1);
  });

  it("answers by the caller's deadline even if the new instance takes long to start", async () => {
    let slow = false;
    const { call } = await runActor("faulty-init", threads.current.runtime(), {
      answer: () => (slow ? new Promise(() => undefined) : Promise.resolve(pong)),
      deadlineMs: 60_000,
    });
    slow = true;
    await threads.current.close();
    await expect(call("Learned", undefined, { deadline: Date.now() + 200 })).rejects.toMatchObject({
      code: "actor.deadline",
    });
  });
});
