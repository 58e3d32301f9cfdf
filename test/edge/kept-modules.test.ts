import { expect, it } from "vitest";
import { outlives } from "../../edge/object/host-record.ts";
import { KeptModules } from "../../edge/object/kept-modules.ts";
import { MemoryStore, verifyActorModule } from "../../src/index.ts";
import { Logger } from "../../src/telemetry/index.ts";
import { testActor, unsignedTestActor } from "../support/actors.ts";
import { otherContent } from "../support/edge/unbundled.ts";
import { startTestHost } from "../support/node-host.ts";
import { revisionsOf } from "../support/revisions.ts";

const logger = new Logger([], "test");

it("the module that runs and the one before are kept, and older ones are not", async () => {
  const { host } = await startTestHost({ configure: (builder) => builder.enableLiveUpdates() });
  const store = new MemoryStore();
  const kept = new KeptModules(store);
  const actor = await revisionsOf("bare");
  const hashes: string[] = [];
  const keep = async (revision: number): Promise<Uint8Array<ArrayBuffer>> => {
    const bytes = await actor.sign(revision, {}, otherContent(unsignedTestActor("bare"), `${revision}`));
    const verified = await verifyActorModule(bytes);
    await kept.keep({ ...verified, bytes });
    hashes.push(verified.claims.moduleHash);
    return bytes;
  };
  await keep(0);
  await host.startActor(await keep(1));
  await kept.follow(host, new Map(), logger);
  const listed = async (): Promise<string[]> => (await store.list("module/")).sort();
  const names = (from: number): string[] =>
    hashes
      .slice(from)
      .map((hash) => `module/${hash}/${actor.key}`)
      .sort();
  expect(await listed()).toEqual(names(1));
  await host.updateActor(actor.key, await keep(2));
  expect(await listed()).toEqual(names(1));
  await host.updateActor(actor.key, await keep(3));
  await expect.poll(listed).toEqual(names(2));
});

it("modules of actors that were stopped or did not start are kept, but not without end", async () => {
  const { host } = await startTestHost();
  const store = new MemoryStore();
  const kept = new KeptModules(store);
  await kept.follow(host, new Map(), logger);
  const count = async (): Promise<number> => (await store.list("module/")).length;
  const { bytes, key } = testActor("bare");
  const verified = { ...(await verifyActorModule(bytes)), bytes };
  await kept.keep(verified);
  await host.startActor(bytes);
  await host.stopActor(key);
  expect(await count()).toBe(1);
  const failed = async (subject: string): Promise<void> =>
    kept.keep({ ...verified, claims: { ...verified.claims, subject } });
  for (let each = 0; each < 39; each++) await failed(`M${each}`);
  expect(await count()).toBe(40);
  await host.startActor(bytes);
  for (let each = 39; each < 100; each++) await failed(`M${each}`);
  expect(await count()).toBe(41);
  expect(await kept.get(verified.claims.moduleHash, key)).toEqual(bytes);
});

it.each([
  ["as long as that is what it was", { hash: "A", revision: 5 }, true],
  ["where the bundle has a lower revision", { hash: "C", revision: 1 }, true],
  ["not where the bundle has been given another of the same revision", { hash: "C", revision: 2 }, false],
  ["not where the bundle has been given a higher revision", { hash: "C", revision: 3 }, false],
])("what was started in place of the bundle's own outlives it %s", (_when, own, expected) => {
  expect(outlives({ hash: "B", revision: 2, over: "A 5" }, own)).toBe(expected);
});
