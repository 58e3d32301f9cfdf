import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { KeyPair, signActorModule } from "../../src/index.ts";
import { unsignedTestActor } from "../support/actors.ts";
import { startTestHost } from "../support/node-host.ts";

const ACTORS = 200;
const ROUNDS = 10;

/** The same guest under many keys. */
async function manyActors(name: string, count: number): Promise<Uint8Array[]> {
  const issuer = await KeyPair.generate("account");
  const unsigned = unsignedTestActor(name);
  return Promise.all(
    Array.from({ length: count }, async (_, number) => {
      const { publicKey: subject } = await KeyPair.generate("module");
      return signActorModule(unsigned, { name: `${name} ${number}`, capabilities: [], subject }, issuer);
    }),
  );
}

/** Threads of this process that the runtime's counters know nothing of. */
function liveThreads(): number {
  const active = process.getActiveResourcesInfo();
  return active.filter((name) => name === "Worker" || name === "MessagePort").length;
}

describe("actors that come and go", () => {
  it(`${ACTORS} started and stopped ${ROUNDS} times leave no thread and no growing memory`, async () => {
    const modules = await manyActors("ponger", ACTORS);
    const { host } = await startTestHost({ limits: { callDeadlineMs: 60_000 } });
    const before = liveThreads();
    const sizes: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const keys = await inBatches(modules, async (module) => {
        const placement = round % 2 === 0 ? "isolated" : "pooled";
        return (await host.startActor(module, { placement })).key;
      });
      const { actors } = await host.describe();
      expect(actors).toHaveLength(ACTORS);
      expect(actors.reduce((sum, actor) => sum + actor.liveInstances, 0)).toBeLessThanOrEqual(100);
      await inBatches(keys, (key) => host.stopActor(key));
      expect((await host.describe()).actors).toEqual([]);
      sizes.push(process.memoryUsage().rss);
    }
    // Shared workers stay for the next actors; with the host they go.
    await host.stop();
    await expect.poll(liveThreads, { timeout: 20_000, interval: 100 }).toBeLessThanOrEqual(before);
    await delay(500);
    const settled = sizes[Math.floor(ROUNDS / 2)] ?? 0;
    // What the second half adds must be small beside what the first needed.
    expect(sizes.at(-1) ?? 0).toBeLessThan(settled * 1.25);
  }, 300_000);
});

async function inBatches<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (let start = 0; start < items.length; start += 8) {
    results.push(...(await Promise.all(items.slice(start, start + 8).map(work))));
  }
  return results;
}
