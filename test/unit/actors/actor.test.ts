import { decode, encode } from "@msgpack/msgpack";
import { describe, expect, it } from "vitest";
import { testActor } from "../../support/actors.ts";
import { runActor } from "./running-actor.ts";
import { signed } from "./signing.ts";
import { useThreads } from "./threads.ts";

const threads = useThreads();
const ping = { target: "t", value: 1 };
const pong = { ok: true, payload: encode({ value: 5 }) } as const;

describe("an actor", () => {
  it("serves calls one by one in order of arrival, and counts them", async () => {
    const { actor, call } = await runActor("echo", threads.current.runtime());
    const values = Array.from({ length: 20 }, (_, i) => i);
    const answers = values.map((value) => call("Echo", value));
    expect(actor.statistics).toEqual({ calls: 0, failures: 0, restarts: 0, pending: 20, liveInstances: 1 });
    expect((await Promise.all(answers)).map((answer) => decode(answer))).toEqual(values);
    await expect(call("Nonsense")).rejects.toMatchObject({ code: "guest.failure" });
    expect(actor.statistics).toMatchObject({ calls: 21, failures: 1, restarts: 0 });
    expect(threads.current.alive).toBe(1);
  });

  it("is known by the key in its claims, and by how it waits for the host", async () => {
    const runtime = threads.current.runtime();
    const [echo, pinger] = [await runActor("echo", runtime), await runActor("pinger", runtime)];
    expect([echo.actor.key, echo.actor.hostCalls]).toEqual([testActor("echo").key, "none"]);
    expect(pinger.actor.hostCalls).toBe("shared-memory");
  });

  it("makes host calls in the context of the call it serves", async () => {
    const { actor, call, hostCalls } = await runActor("pinger", threads.current.runtime(), {
      answer: async () => pong,
    });
    const deadline = Date.now() + 2_000;
    expect(decode(await call("PingVia", ping, { chain: ["MOUTER"], deadline }))).toEqual({ value: 5 });
    expect(hostCalls).toHaveLength(1);
    const [{ request, context } = { request: undefined, context: undefined }] = hostCalls;
    expect(request).toMatchObject({ namespace: "t", operation: "Ping", binding: "default" });
    expect(context?.chain).toEqual(["MOUTER", actor.key]);
    // Whoever is called in turn ends earlier, so that this actor can still answer.
    expect(context?.deadline).toBeLessThanOrEqual(deadline - 100);
    expect(context?.deadline).toBeGreaterThanOrEqual(deadline - 400);
  });

  it("bounds host calls by its own deadline where the caller has more time", async () => {
    const { call, hostCalls } = await runActor("pinger", threads.current.runtime(), {
      answer: async () => pong,
      deadlineMs: 3_000,
    });
    const before = Date.now();
    await call("PingVia", ping, { deadline: before + 60_000 });
    const deadline = hostCalls[0]?.context.deadline ?? 0;
    expect(deadline).toBeGreaterThanOrEqual(before + 2_400);
    expect(deadline).toBeLessThanOrEqual(Date.now() + 2_400);
  });

  it("may make host calls while it starts, as the start of its own chain", async () => {
    const { actor, hostCalls, call } = await runActor("faulty-init", threads.current.runtime(), {
      answer: async () => pong,
    });
    expect(hostCalls[0]?.context.chain).toEqual([actor.key]);
    expect(decode(await call("Learned"))).toEqual({ value: 5 });
  });

  it("that does not start leaves nothing running", async () => {
    const answer = async () => ({ ok: false, message: "nobody" }) as const;
    await expect(runActor("faulty-init", threads.current.runtime(), { answer })).rejects.toMatchObject({
      code: "guest.trap",
    });
    await threads.current.atMost(0);
  });

  it.each(["not WebAssembly behind its header", "that needs what is not offered"])(
    "is refused: a module %s",
    async (what) => {
      const { bytes } = await signed(what.startsWith("not") ? { guestCall: [0xff] } : { from: "env" });
      await expect(runActor(bytes, threads.current.runtime())).rejects.toMatchObject({
        code: what.startsWith("not") ? "module.compile_failed" : "module.unknown_import",
      });
      expect(threads.current.names).toEqual([]);
    },
  );

  it("refuses a call that would come back to it", async () => {
    const { actor, call } = await runActor("echo", threads.current.runtime());
    await expect(call("Echo", 1, { chain: ["MOUTER", actor.key] })).rejects.toMatchObject({
      code: "actor.cycle",
      message: `The call would come back to actor ${actor.key}, which waits for it`,
    });
    expect(decode(await call("Echo", 1, { chain: ["MOUTER"] }))).toBe(1);
  });

  it("is asked for its health in turn, without being counted", async () => {
    const { actor, call } = await runActor("echo", threads.current.runtime());
    const [, health] = await Promise.all([
      call("Echo", 1),
      actor.health({ chain: [], deadline: Date.now() + 1_000 }),
    ]);
    expect(decode(health)).toEqual({ healthy: true, message: "" });
    expect(actor.statistics.calls).toBe(1);
  });
});
