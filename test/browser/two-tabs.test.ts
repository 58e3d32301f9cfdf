import { startDevBroker } from "../../node/lattice/dev-broker.ts";
import { testActor } from "../support/actors.ts";
import { joinByDialog } from "../support/browser/steps.ts";
import type { Tab } from "../support/browser/tab.ts";
import { expect, test } from "../support/browser/test.ts";
import { serveDashboard } from "../support/dashboard.ts";

const counter = testActor("kvcounter").key;
const pinger = testActor("pinger").key;
const ponger = testActor("ponger").key;
const linkRow = `link-${counter}-wasmcloud:keyvalue-default`;

/** Whether a tab's pinger reaches the ponger by its key. */
async function ping(tab: Tab): Promise<unknown> {
  return tab.call(pinger, "PingVia", { target: ponger, value: 11 });
}

test("an actor of one tab calls an actor of the other", async ({ nats, openTab }) => {
  const [a, b] = [await openTab(), await openTab()];
  await a.startActors("pinger");
  await b.startActors("ponger");
  expect(await a.ask(pinger, "PingVia", { target: ponger, value: 11 })).toMatchObject({
    ok: false,
    message: expect.stringContaining("No local bus subscribers found"),
  });
  await joinByDialog(a.page, nats.webSocketUrl);
  await joinByDialog(b.page, nats.webSocketUrl);

  expect(await ping(a)).toEqual({ value: 53 });

  expect(await b.actor("ponger")).toMatchObject({ calls: 1, failures: 0 });
  const log = b.page.getByTestId("event-log");
  await expect(log.getByRole("listitem").filter({ hasText: "Ping" }).first()).toContainText("inbound");
});

test("claims, links and their removal reach the other tab", async ({ nats, openTab, peer }) => {
  const [a, b] = [await openTab(), await openTab()];
  await a.join(nats.webSocketUrl);
  await b.join(nats.webSocketUrl);
  await a.startActors("kvcounter");
  const provider = await a.startKeyValue();
  await a.linkKeyValue("kvcounter", provider.id);

  await expect(b.page.getByTestId(linkRow)).toHaveAttribute("data-state", "waiting");
  await expect(b.page.getByTestId(linkRow)).toContainText("The provider does not run on this host");
  const replies = await peer.requestTexts(peer.subjects.getClaims, 2);
  expect(replies).toHaveLength(2);
  for (const reply of replies) expect(reply).toContain(counter);

  const links = a.page.getByRole("region", { name: "Links" });
  await links.getByRole("button", { name: /^Remove link/ }).click();
  await links.getByRole("button", { name: /^Confirm: Remove link/ }).click();
  await expect(b.page.getByTestId(linkRow)).toBeHidden();
});

test("an actor of one tab uses a provider of the other", async ({ nats, openTab }) => {
  const [a, b] = [await openTab(), await openTab()];
  await a.join(nats.webSocketUrl);
  await b.join(nats.webSocketUrl);
  const provider = await a.startKeyValue();
  await b.startActors("kvcounter");
  await b.linkKeyValue("kvcounter", provider.id);

  await expect(a.page.getByTestId(linkRow)).toHaveAttribute("data-state", "bound");
  for (const value of [1, 2, 3]) expect(await b.call(counter, "Count")).toEqual({ counter: value });

  expect((await a.describe()).providers.find(({ id }) => id === provider.id)?.boundActors).toEqual([counter]);
  await a.page.close();
  expect(await b.ask(counter, "Count")).toMatchObject({ ok: false });
});

test("two tabs that run the same actor share its calls", async ({ nats, openTab, peer }) => {
  const tabs = [await openTab(), await openTab()];
  for (const tab of tabs) {
    await tab.startActors("ponger");
    await tab.join(nats.webSocketUrl);
  }
  const total = 40;
  for (let i = 0; i < total; i++) await peer.call(ponger, "Nonsense");
  const served = await Promise.all(tabs.map(async (tab) => (await tab.actor("ponger"))?.calls ?? 0));
  expect(served.reduce((sum, calls) => sum + calls, 0)).toBe(total);
  expect(Math.min(...served)).toBeGreaterThan(0);
});

test("two tabs call each other over the embedded development broker", async ({ openTab }) => {
  const broker = await startDevBroker();
  const server = await serveDashboard({ latticeUrl: broker.webSocketUrl, latticeKind: "embedded" });
  try {
    const [a, b] = [await openTab({ url: server.url }), await openTab({ url: server.url })];
    for (const tab of [a, b]) {
      await tab.page.getByRole("button", { name: "Join lattice" }).click();
      const state = tab.page.getByTestId("lattice-state");
      await expect(state).toHaveAttribute("data-state", "connected");
      await expect(state).toContainText("embedded development broker");
    }
    await a.startActors("pinger");
    await b.startActors("ponger");
    // The broker may hear of it later than this test.
    await expect.poll(() => ping(a).catch(String)).toEqual({ value: 53 });
    await b.startActors("pinger");
    expect(await ping(b)).toEqual({ value: 53 });
    expect(await b.actor("ponger")).toMatchObject({ calls: 2 });
  } finally {
    await server.stop();
    await broker.stop();
  }
});
