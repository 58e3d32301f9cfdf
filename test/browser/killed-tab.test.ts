import { decode } from "@msgpack/msgpack";
import { testActor } from "../support/actors.ts";
import { FileDrop } from "../support/browser/file-drop.ts";
import { blobFiles, kill, leaveBlobFile, startLinked } from "../support/browser/kept.ts";
import { expect, test } from "../support/browser/test.ts";

const counter = testActor("kvcounter").key;
/** What the tab is told to do, and what of it is acknowledged when it is killed. */
const LOAD = 10_000;
const KILL_AT = 500;

const MIB = 1024 * 1024;
/** Bytes that the file drop sends in one go. */
const CHUNK = 65_536;
const patience = { query: { callDeadlineMs: 30_000 } };

test("a tab killed in the middle of 10,000 increments leaves the counter as acknowledged, or one more", async ({
  openTab,
}) => {
  const tab = await openTab();
  await startLinked(tab, "kvcounter", "weblattice:keyvalue");
  let acknowledged = 0;
  let killed: Promise<void> | undefined;
  await tab.page.exposeBinding("acknowledge", (_, reply: number[]) => {
    acknowledged = (decode(Uint8Array.from(reply)) as { counter: number }).counter;
    // The tab goes on: it dies wherever it is then.
    if (acknowledged === KILL_AT) killed = kill(tab);
  });
  const load = (await tab.host()).evaluate(
    async (host, { counter, count }) => {
      const { acknowledge } = window as unknown as { acknowledge(reply: number[]): Promise<void> };
      for (let n = 0; n < count; n++) {
        const { reply } = await host.call(counter, "Count", new Uint8Array());
        // The next one begins when this one is written down outside.
        await acknowledge([...reply]);
      }
    },
    { counter, count: LOAD },
  );
  await expect(load).rejects.toThrow(/crash|closed/i);
  await killed;
  expect(acknowledged).toBeGreaterThanOrEqual(KILL_AT);
  expect(acknowledged).toBeLessThan(LOAD);

  const next = await openTab();
  await startLinked(next, "kvcounter", "weblattice:keyvalue");
  const { counter: now } = (await next.call(counter, "Count")) as { counter: number };
  // This call has added one itself.
  expect([acknowledged, acknowledged + 1]).toContain(now - 1);
});

test("a tab killed in the middle of an upload leaves no object, and what another tab can go on with", async ({
  openTab,
}) => {
  const tab = await openTab(patience);
  const environment = await (await tab.host()).evaluate((host) => host.environment());
  expect(environment).toMatchObject({ privateFiles: "sync" });
  const drop = await FileDrop.open(tab);
  expect(await drop.put("kept", MIB, 1)).toMatchObject({ statusCode: 201 });
  let killed: Promise<void> | undefined;
  await tab.page.exposeBinding("sent", (_, chunks: number) => {
    if (chunks >= 20) killed ??= kill(tab);
  });
  await (await tab.host()).evaluate((host) => {
    const { sent } = window as unknown as { sent(chunks: number): void };
    let chunks = 0;
    host.watch((message) => {
      if (message.kind !== "event" || message.event.type !== "call") return;
      if (message.event.call.operation === "UploadChunk") sent(++chunks);
    });
  });
  // As a tab does that is killed before it can remove what it has replaced.
  await leaveBlobFile(tab.page);
  await expect(drop.put("lost", 8 * MIB, 2)).rejects.toThrow(/crash|closed/i);
  await killed;

  const next = await FileDrop.open(await openTab(patience));
  const { page } = next.tab;
  expect(await next.list()).toEqual([{ name: "kept", bytes: MIB }]);
  expect(await next.get("kept")).toEqual({ length: MIB, values: [1] });
  // The upload can go on: its bytes are all that is there beside the object.
  await expect.poll(() => blobFiles(page)).toHaveLength(2);
  const [other = 0] = (await blobFiles(page)).filter((size) => size !== MIB);
  expect(other).toBeGreaterThanOrEqual(20 * CHUNK);
  expect(other).toBeLessThan(8 * MIB);

  // The last chunk in the file need not have been acknowledged.
  const acknowledged = Math.floor(other / CHUNK) - 1;
  expect(await next.putRest("lost", 8 * MIB, 3, acknowledged)).toMatchObject({ statusCode: 201 });
  expect(await next.get("lost")).toEqual({ length: 8 * MIB, values: [2, 3] });
  expect([...(await blobFiles(page))].sort()).toEqual([MIB, 8 * MIB]);
  for (const name of ["kept", "lost"]) await next.remove(name);
  expect(await blobFiles(page)).toEqual([]);
});

test("two tabs upload at one time, and see each other's files", async ({ openTab }) => {
  const drops = [await FileDrop.open(await openTab(patience)), await FileDrop.open(await openTab(patience))];
  await Promise.all(drops.map((drop, index) => drop.put(`file-${index}`, 8 * CHUNK, index + 1)));
  for (const [index, drop] of drops.entries()) {
    expect(await drop.list()).toEqual([
      { name: "file-0", bytes: 8 * CHUNK },
      { name: "file-1", bytes: 8 * CHUNK },
    ]);
    expect(await drop.get(`file-${1 - index}`)).toEqual({ length: 8 * CHUNK, values: [2 - index] });
  }
});

test("an upload that finds no room says so, leaves no part of a chunk, and can be made again", async ({
  openTab,
}) => {
  const tab = await openTab(patience);
  const drop = await FileDrop.open(tab);
  const { page } = tab;
  expect(await drop.put("kept", CHUNK, 1)).toMatchObject({ statusCode: 201 });
  const session = await page.context().newCDPSession(page);
  const { origin } = new URL(page.url());
  const { usage } = await session.send("Storage.getUsageAndQuota", { origin });
  await session.send("Storage.overrideQuotaForOrigin", { origin, quotaSize: usage + MIB / 2 });
  expect(await drop.put("large", MIB, 2)).toEqual({
    statusCode: 507,
    text: "The browser has no room left for this site",
  });
  expect(await drop.list()).toEqual([{ name: "kept", bytes: CHUNK }]);
  expect(await drop.get("kept")).toEqual({ length: CHUNK, values: [1] });
  expect((await blobFiles(page)).every((size) => size % CHUNK === 0)).toBe(true);
  await session.send("Storage.overrideQuotaForOrigin", { origin });
  expect(await drop.put("large", MIB, 3)).toMatchObject({ statusCode: 201 });
  expect(await drop.get("large")).toEqual({ length: MIB, values: [3] });
});
