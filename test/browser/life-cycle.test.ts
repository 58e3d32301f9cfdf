import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { testActor } from "../support/actors.ts";
import { joinByDialog } from "../support/browser/steps.ts";
import { expect, test } from "../support/browser/test.ts";

test.use({ keepsTab: true });

test("a stopped host leaves no worker behind and can be started anew", async ({ nats, tab }) => {
  const { page } = tab;
  await tab.startActors("echo", "ponger", "faulty");
  await joinByDialog(page, nats.webSocketUrl);
  const { id } = await tab.describe();
  expect(await tab.actorWorkers()).toHaveLength(3);

  await (await tab.host()).evaluate((host) => host.stop());

  await expect.poll(() => page.workers().length).toBe(0);
  const banner = page.getByTestId("host-gone");
  await expect(banner).toContainText("The host was stopped");
  await expect(banner.getByRole("button", { name: "Restart host" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.getByTestId("host-key")).toBeVisible();
  await expect.poll(async () => (await tab.describe()).id).not.toBe(id);
  expect((await tab.describe()).actors).toEqual([]);
});

test("a host that stops while an actor spins is gone all the same", async ({ tab }) => {
  const { page } = tab;
  await tab.startActors("faulty");
  const spinning = tab.ask(testActor("faulty").key, "Spin");
  await expect.poll(async () => (await tab.actor("faulty"))?.pending).toBe(1);

  await (await tab.host()).evaluate((host) => host.stop());

  expect(await spinning).toMatchObject({ ok: false });
  await expect.poll(() => page.workers().length).toBe(0);
});

test("a host whose worker dies is told so, and waiting calls end", async ({ openTab }) => {
  const tab = await openTab({ tolerate: /on purpose/ });
  const { page } = tab;
  await tab.startActors("faulty");
  const waiting = tab.ask(testActor("faulty").key, "Spin");
  await expect.poll(async () => (await tab.actor("faulty"))?.pending).toBe(1);
  const worker = page.workers().find((each) => each.url().includes("host-worker"));

  await worker?.evaluate(() => {
    setTimeout(() => {
      throw new Error("on purpose");
    });
  });

  expect(await waiting).toMatchObject({ ok: false, code: "host.stopped" });
  await expect(page.getByTestId("host-gone")).toContainText("The host has died");
  await expect(page.getByTestId("host-gone")).toContainText("on purpose");
  await page.getByRole("button", { name: "Restart host" }).click();
  await expect.poll(() => page.evaluate(() => window.weblattice !== undefined)).toBe(true);
});

test("an actor whose worker dies is restarted for its next call", async ({ tab }) => {
  await tab.startActors("echo");
  const { key } = testActor("echo");
  const [worker] = await tab.actorWorkers();
  const gone = worker?.waitForEvent("close");

  await worker?.evaluate(() => {
    setTimeout(() => {
      throw new Error("on purpose");
    });
  });
  await gone;

  expect(await tab.call(key, "Echo", "again")).toBe("again");
  expect(await tab.actor("echo")).toMatchObject({ restarts: 1 });
});

test("a limit in the address that is none is refused in words", async ({ dashboard, page }) => {
  await page.goto(`${dashboard.url}/?heartbeatMs=soon`);
  await expect(page.getByTestId("host-gone")).toContainText("The host did not start");
  await expect(page.getByTestId("host-gone")).toContainText("The limit heartbeatMs must be a whole number");
  await expect.poll(() => page.workers().length).toBe(0);
});

test("a guest's worker has no way out", async ({ tab }) => {
  await tab.startActors("echo");
  let requests = 0;
  const outside = createServer((_, response) => {
    requests += 1;
    response.setHeader("Access-Control-Allow-Origin", "*");
    response.setHeader("Content-Type", "text/javascript").end("");
  });
  await new Promise<void>((resolve) => outside.listen(0, "127.0.0.1", resolve));
  const { port } = outside.address() as AddressInfo;
  const [worker] = await tab.actorWorkers();

  const found = await worker?.evaluate(async (url) => {
    const names = ["fetch", "XMLHttpRequest", "WebSocket", "indexedDB", "caches", "Worker", "importScripts"];
    const left = names.filter((name) => Reflect.get(globalThis, name) !== undefined);
    const imported = await import(url).then(
      () => true,
      () => false,
    );
    return { left, imported };
  }, `http://127.0.0.1:${port}/code.js`);
  outside.close();

  expect(found).toEqual({ left: [], imported: false });
  expect(requests).toBe(0);
});
