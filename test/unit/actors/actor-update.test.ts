import { decode, encode } from "@msgpack/msgpack";
import { describe, expect, it } from "vitest";
import { type ActorRuntime, InstanceBudget } from "../../../src/actors/index.ts";
import { type VerifiedModule, verifyActorModule } from "../../../src/claims/index.ts";
import type { HostCallAnswer } from "../../../src/wapc/index.ts";
import { testActor } from "../../support/actors.ts";
import { UNREACHABLE } from "../wapc/handmade.ts";
import { type RunningActor, runActor } from "./running-actor.ts";
import { signed } from "./signing.ts";
import { useThreads } from "./threads.ts";

const threads = useThreads();
const ping = { target: "t", value: 1 };
const pong = { ok: true, payload: encode({ value: 5 }) } as const;

/** The next revision of the actor `pinger`: another module under the same key. */
async function revision(module: Parameters<typeof signed>[0] = "echo"): Promise<VerifiedModule> {
  const subject = testActor("pinger").key;
  return verifyActorModule((await signed(module, { subject, revision: 2 })).bytes);
}

/** Answers to host calls that wait until the test lets them go. */
class HeldAnswers {
  readonly #waiting: (() => void)[] = [];

  readonly answer = (): Promise<HostCallAnswer> =>
    new Promise((resolve) => {
      this.#waiting.push(() => resolve(pong));
    });

  get count(): number {
    return this.#waiting.length;
  }

  async atLeast(count: number): Promise<void> {
    while (this.count < count) await turn();
  }

  letGo(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}

/** A runtime that counts the instances it has started. */
class CountedRuntime implements ActorRuntime {
  readonly #runtime: ActorRuntime = threads.current.runtime();
  readonly maxInstances = this.#runtime.maxInstances;
  #placed = 0;

  readonly hostCalls: ActorRuntime["hostCalls"] = () => this.#runtime.hostCalls();
  readonly prepare: ActorRuntime["prepare"] = (...args) => this.#runtime.prepare(...args);
  readonly close: ActorRuntime["close"] = () => this.#runtime.close();
  readonly place: ActorRuntime["place"] = async (...args) => {
    const placement = await this.#runtime.place(...args);
    this.#placed++;
    return placement;
  };

  /** Waits until so many were started; then whoever asked for them knows it. */
  async started(count: number): Promise<void> {
    while (this.#placed < count) await turn();
    await turn();
  }
}

function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 1));
}

/** Only `pinger` knows the one operation, only `echo` the other: who answers tells which module served. */
function byOld({ call }: RunningActor): Promise<unknown> {
  return call("PingVia", ping).then((answer) => decode(answer));
}
function byNew({ call }: RunningActor, value: number): Promise<unknown> {
  return call("Echo", value).then((answer) => decode(answer));
}

describe("updating an actor", () => {
  it("makes the new module serve, and tells of it", async () => {
    const running = await runActor("pinger", threads.current.runtime(), { answer: async () => pong });
    const { actor } = running;
    expect([actor.claims.revision, actor.hostCalls]).toEqual([1, "shared-memory"]);
    await byOld(running);
    await expect(running.call("Echo")).rejects.toMatchObject({ code: "guest.failure" });
    await actor.update(await revision());
    expect([actor.claims.name, actor.claims.revision, actor.hostCalls]).toEqual(["echo", 2, "none"]);
    expect(actor.key).toBe(testActor("pinger").key);
    expect(await byNew(running, 7)).toBe(7);
    expect(actor.statistics).toMatchObject({ calls: 3, failures: 1, restarts: 0, pending: 0 });
    await threads.current.atMost(1);
  });

  it("lets the old module answer what it serves, and the new one what came later", async () => {
    const held = new HeldAnswers();
    const runtime = new CountedRuntime();
    const running = await runActor("pinger", runtime, { answer: held.answer });
    const before = byOld(running);
    await held.atLeast(1);
    const updated = running.actor.update(await revision());
    await runtime.started(2);
    const after = [1, 2, 3].map((value) => byNew(running, value));
    expect(running.actor.claims.revision).toBe(1);
    held.letGo();
    expect(await before).toEqual({ value: 5 });
    await updated;
    expect(await Promise.all(after)).toEqual([1, 2, 3]);
    expect(running.failures).toEqual([]);
  });

  it("replaces every instance", async () => {
    const held = new HeldAnswers();
    const runtime = new CountedRuntime();
    const running = await runActor("pinger", runtime, { answer: held.answer, instances: 4 });
    const before = [1, 2, 3, 4].map(() => byOld(running));
    await held.atLeast(4);
    const updated = running.actor.update(await revision());
    await runtime.started(5);
    const after = Array.from({ length: 20 }, (_, value) => byNew(running, value));
    held.letGo();
    expect(await Promise.all(before)).toEqual(Array.from({ length: 4 }, () => ({ value: 5 })));
    await updated;
    expect(await Promise.all(after)).toEqual(Array.from({ length: 20 }, (_, value) => value));
    expect(running.actor.instances).toBe(4);
    await threads.current.atMost(running.actor.statistics.liveInstances);
    expect(running.actor.statistics).toMatchObject({ calls: 24, failures: 0, restarts: 0, pending: 0 });
  });

  it("keeps the calls of a full queue, and still refuses what is too much", async () => {
    const held = new HeldAnswers();
    const runtime = new CountedRuntime();
    const options = { answer: held.answer, queueLength: 3 };
    const running = await runActor("pinger", runtime, options);
    const before = byOld(running);
    await held.atLeast(1);
    const after = [1, 2, 3].map((value) => byNew(running, value));
    const updated = running.actor.update(await revision());
    await runtime.started(2);
    await expect(byNew(running, 4)).rejects.toMatchObject({ code: "actor.queue_full" });
    held.letGo();
    expect(await before).toEqual({ value: 5 });
    await updated;
    expect(await Promise.all(after)).toEqual([1, 2, 3]);
  });

  it("ends a call that misses its deadline meanwhile, and drops one that waits too long", async () => {
    const runtime = new CountedRuntime();
    const running = await runActor("pinger", runtime, {
      answer: () => new Promise(() => undefined),
    });
    const stuck = expect(
      running.call("PingVia", ping, { deadline: Date.now() + 1_500 }),
    ).rejects.toMatchObject({ code: "actor.deadline" });
    const updated = running.actor.update(await revision());
    await runtime.started(2);
    const dropped = expect(running.call("Echo", 1, { maxWaitMs: 5 })).rejects.toMatchObject({
      code: "actor.deadline",
      message: "The call waited 5 ms and was not started",
    });
    const after = byNew(running, 2);
    await Promise.all([stuck, dropped, updated]);
    expect(await after).toBe(2);
    await threads.current.atMost(1);
  });

  it("takes the host calls of the new module's start functions", async () => {
    const running = await runActor("pinger", threads.current.runtime(), { answer: async () => pong });
    await running.actor.update(await revision("faulty-init"));
    expect(running.hostCalls.at(-1)?.context.chain).toEqual([running.actor.key]);
    expect(decode(await running.call("Learned"))).toEqual({ value: 5 });
  });
});

describe("an update that fails", () => {
  it.each([
    ["is no WebAssembly", { guestCall: [0xff] }, "module.compile_failed"],
    ["traps at its start", { functions: { wapc_init: UNREACHABLE } }, "guest.trap"],
  ] as const)("leaves the old module serving: the new one %s", async (_what, module, code) => {
    const running = await runActor("pinger", threads.current.runtime(), { answer: async () => pong });
    await expect(running.actor.update(await revision(module))).rejects.toMatchObject({ code });
    expect(running.actor.claims.revision).toBe(1);
    expect(await byOld(running)).toEqual({ value: 5 });
    expect([running.failures, running.actor.statistics.restarts]).toEqual([[], 0]);
    await threads.current.atMost(1);
    await running.actor.update(await revision());
    expect(await byNew(running, 1)).toBe(1);
  });

  it("gives back the instance it was allowed", async () => {
    const budget = new InstanceBudget(2);
    const running = await runActor("pinger", threads.current.runtime(), { budget, answer: async () => pong });
    for (let i = 0; i < 3; i++) {
      const module = await revision({ functions: { wapc_init: UNREACHABLE } });
      await expect(running.actor.update(module)).rejects.toMatchObject({ code: "guest.trap" });
    }
    expect(budget.live).toBe(1);
    await running.actor.update(await revision());
    expect(budget.live).toBe(1);
  });

  it("because another is under way says so, and does not harm that one", async () => {
    const running = await runActor("pinger", threads.current.runtime(), { answer: async () => pong });
    const first = running.actor.update(await revision());
    await expect(running.actor.update(await revision("faulty-init"))).rejects.toMatchObject({
      code: "actor.updating",
    });
    await first;
    expect(await byNew(running, 1)).toBe(1);
  });
});

describe("an update where no more than one instance may live", () => {
  it("parks the idle one for the new one", async () => {
    const budget = new InstanceBudget(1);
    const running = await runActor("pinger", threads.current.runtime(), { budget, answer: async () => pong });
    await running.actor.update(await revision());
    expect(await byNew(running, 1)).toBe(1);
    expect(budget.live).toBe(1);
    await threads.current.atMost(1);
  });
});

describe("stopping an actor during its update", () => {
  it("while the new module starts ends both at once", async () => {
    const held = new HeldAnswers();
    const running = await runActor("pinger", threads.current.runtime(), { answer: held.answer });
    const updated = expect(running.actor.update(await revision("faulty-init"))).rejects.toMatchObject({
      code: "actor.stopped",
    });
    await held.atLeast(1);
    await running.actor.stop();
    await updated;
    await threads.current.atMost(0);
  });

  it("while calls end on the old module refuses those that wait for the new one", async () => {
    const held = new HeldAnswers();
    const runtime = new CountedRuntime();
    const running = await runActor("pinger", runtime, { answer: held.answer });
    const before = byOld(running);
    await held.atLeast(1);
    const updated = expect(running.actor.update(await revision())).rejects.toMatchObject({
      code: "actor.stopped",
    });
    await runtime.started(2);
    const waiting = expect(byNew(running, 1)).rejects.toMatchObject({ code: "actor.stopped" });
    const stopped = running.actor.stop(5_000);
    await waiting;
    held.letGo();
    expect(await before).toEqual({ value: 5 });
    await Promise.all([updated, stopped]);
    await threads.current.atMost(0);
    await expect(running.actor.update(await revision())).rejects.toMatchObject({ code: "actor.stopped" });
  });
});
