import { decode, encode } from "@msgpack/msgpack";
import { describe, expect, it } from "vitest";
import type { CapabilityProvider, ProviderDescriptor } from "../../../src/index.ts";
import { MEMORY_KEYVALUE_PROVIDER } from "../../../src/index.ts";
import { testActor } from "../../support/actors.ts";
import { startTestHost, type TestHost } from "../../support/node-host.ts";

const EMPTY = new Uint8Array(0);
const SLOW: ProviderDescriptor = { ...MEMORY_KEYVALUE_PROVIDER, name: "Slow" };

/** A provider whose calls last until they are let go, and which counts how many overlap. */
class SlowProvider implements CapabilityProvider {
  running = 0;
  most = 0;
  readonly #waiting: (() => void)[] = [];

  configureDispatch(): void {}

  async handleCall(_origin: string, operation: string): Promise<Uint8Array> {
    if (operation !== "Get") return EMPTY;
    this.most = Math.max(this.most, ++this.running);
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.running--;
    return encode("done");
  }

  async stop(): Promise<void> {}

  letGo(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}

async function slowSetUp(
  test: TestHost,
  instances: number,
): Promise<{ key: string; provider: SlowProvider }> {
  const provider = new SlowProvider();
  const { key } = await test.start("faulty", { instances });
  await test.host.startProvider({ descriptor: SLOW, provider });
  const link = {
    actorId: key,
    providerId: SLOW.id,
    contractId: SLOW.contractId,
    linkName: "default",
    values: {},
  };
  await test.host.setLink(link);
  return { key, provider };
}

const slowCall = { target: SLOW.contractId, operation: "Get", payload: EMPTY };

async function until(condition: () => boolean): Promise<void> {
  await expect.poll(condition, { timeout: 50_000, interval: 5 }).toBe(true);
}

describe("instances of one actor", () => {
  it.each([1, 4])(
    "serve calls one at a time each: %i at once",
    async (instances) => {
      const test = await startTestHost({ limits: { callDeadlineMs: 60_000 } });
      const { key, provider } = await slowSetUp(test, instances);
      let answered = 0;
      const calls = Array.from({ length: 4 }, async () => {
        const answer = decode(await test.call(key, "Call", slowCall));
        answered++;
        return answer;
      });
      while (answered < 4) {
        const atOnce = Math.min(instances, 4 - answered);
        await until(() => provider.running === atOnce);
        const soon = answered + atOnce;
        provider.letGo();
        await until(() => answered === soon);
      }
      expect(await Promise.all(calls)).toEqual(["done", "done", "done", "done"]);
      expect(provider.most).toBe(instances);
    },
    120_000,
  );
});

describe("parking", () => {
  it("lets more actors run than instances may live", async () => {
    const test = await startTestHost({ runtime: { maxInstances: 3 } });
    const names = ["echo", "bare", "ponger", "pinger", "kvcounter", "extras"];
    const keys = [];
    for (const name of names) keys.push((await test.start(name)).key);
    for (let round = 0; round < 2; round++) {
      for (const key of keys) await test.call(key, "HealthRequest", { placeholder: true }).catch(() => EMPTY);
    }
    expect(decode(await test.call(keys[2] ?? "", "Ping", { value: 1 }))).toEqual({ value: 43 });
    const { actors } = await test.host.describe();
    expect(actors).toHaveLength(6);
    expect(actors.reduce((sum, actor) => sum + actor.liveInstances, 0)).toBeLessThanOrEqual(3);
    expect(actors.every((actor) => actor.restarts === 0)).toBe(true);
  });

  it("spares an actor that asked to stay, and one that serves a call", async () => {
    const test = await startTestHost({ runtime: { maxInstances: 2 } });
    const { key, provider } = await slowSetUp(test, 1);
    const call = test.call(key, "Call", slowCall);
    await until(() => provider.running === 1);
    for (const name of ["echo", "ponger", "echo", "ponger"]) {
      await test.start(name).catch(() => undefined);
      await test.host.callActor(testActor(name).key, "Nothing", EMPTY).catch(() => undefined);
    }
    const faulty = (await test.host.describe()).actors.find((actor) => actor.key === key);
    expect(faulty).toMatchObject({ liveInstances: 1, restarts: 0 });
    provider.letGo();
    expect(decode(await call)).toBe("done");
  });

  it("makes a call wait while all instances are busy, and fail if none gets free", async () => {
    const test = await startTestHost({ runtime: { maxInstances: 2 } });
    await test.start("echo", { limits: { callDeadlineMs: 1_000 } });
    const { key, provider } = await slowSetUp(test, 2);
    const waiting = [test.call(key, "Call", slowCall), test.call(key, "Call", slowCall)];
    await until(() => provider.running === 2);
    const echo = (): Promise<Uint8Array> =>
      test.host.callActor(testActor("echo").key, "Echo", new Uint8Array([1]));
    await expect(echo()).rejects.toMatchObject({ details: { reason: "actor.no_instance" } });
    provider.letGo();
    await Promise.all(waiting);
    expect(await echo()).toEqual(new Uint8Array([1]));
  });
});

describe("pooled placement", () => {
  it("stops an endless loop by its fuel while neighbours live on", async () => {
    const test = await startTestHost({
      allow: [],
      runtime: { poolSize: 1 },
      limits: { callDeadlineMs: 60_000 },
    });
    const faulty = await test.start("faulty", { placement: "pooled" });
    const echo = await test.start("echo", { placement: "pooled" });
    expect(faulty).toMatchObject({ placement: "pooled", hostCalls: "none" });
    await expect(test.call(faulty.key, "Spin")).rejects.toMatchObject({ details: { reason: "guest.fuel" } });
    expect(await test.host.callActor(echo.key, "Echo", new Uint8Array([5]))).toEqual(new Uint8Array([5]));
    await expect(test.call(faulty.key, "Fail", { text: "alive" })).rejects.toMatchObject({
      message: expect.stringContaining("alive"),
    });
  }, 60_000);

  it("is not used for guests that would block their neighbours", async () => {
    const test = await startTestHost({ allow: ["shared-memory"] });
    expect(await test.start("kvcounter", { placement: "pooled" })).toMatchObject({
      placement: "isolated",
      hostCalls: "shared-memory",
    });
    expect(await test.start("echo", { placement: "pooled" })).toMatchObject({ placement: "pooled" });
  });
});

describe("recovery", () => {
  it("survives a thousand traps in a row, and says that something is wrong", async () => {
    const test = await startTestHost();
    const { key } = await test.start("faulty");
    for (let i = 0; i < 1_000; i++) await expect(test.call(key, "Trap")).rejects.toThrow();
    const [actor] = (await test.host.describe()).actors;
    expect(actor).toMatchObject({ restarts: 1_000, health: { state: "unhealthy" } });
    await expect(test.call(key, "HealthRequest", { placeholder: true })).resolves.toBeInstanceOf(Uint8Array);
    expect((await test.host.describe()).actors[0]?.health).toEqual({ state: "running" });
  });

  it("keeps a guest within its memory", async () => {
    const test = await startTestHost();
    const { key } = await test.start("faulty", { limits: { memoryBytes: 4 * 1024 * 1024 } });
    const grown = decode(await test.call(key, "Grow", { pages: 100_000 }).catch(() => encode({ pages: -1 })));
    expect(JSON.stringify(grown)).toMatch(/\d/);
    await expect(test.call(key, "Fail", { text: "alive" })).rejects.toThrow("alive");
  });
});
