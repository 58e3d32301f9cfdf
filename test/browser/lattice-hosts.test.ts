import { testActor } from "../support/actors.ts";
import {
  expect,
  hostItem,
  hostsPanel,
  runItem,
  startOn,
  stopItem,
  test,
} from "../support/browser/lattice-test.ts";
import { joinByDialog, namelessControls, overflow } from "../support/browser/steps.ts";
import { revisionsOf } from "../support/revisions.ts";

test.use({ keepsTab: true });

const keyValue = "weblattice In-Memory Key-Value";
const keyValueReference = "weblattice:keyvalue-memory";
/** As long as the page waits for the outcome of a command, and shows that a host is gone. */
const patienceMs = 10_000;

test("every host of the lattice is listed with what it is and runs", async ({
  nats,
  openTab,
  startNodeHost,
  tab,
}) => {
  const [b, node] = [await openTab(), await startNodeHost({ zone: "lab" })];
  const { page } = tab;
  await expect(hostsPanel(page)).toBeHidden();
  await b.startActors("echo");
  await b.join(nats.webSocketUrl);
  await joinByDialog(page, nats.webSocketUrl);

  await expect(hostsPanel(page).getByRole("heading", { name: "Lattice hosts" })).toBeVisible();
  await expect(hostItem(page, "this tab")).toContainText("This tab");
  const other = hostItem(page, (await b.describe()).id);
  await expect(other).toContainText("hostcore.os=browser");
  await expect(runItem(other, "Echo")).toContainText("rev 1");
  const third = hostItem(page, node.id);
  await expect(third.getByRole("list", { name: "Labels" })).toContainText("zone=lab");
  await expect(third).toContainText(/up \d+ s/);
  await expect(third.getByRole("button", { name: `Copy key of host` })).toHaveAttribute("data-key", node.id);
  await expect(hostsPanel(page)).toContainText(/Last read \d\d:\d\d:\d\d/);
  await expect(page.getByRole("link", { name: "3 hosts" })).toBeVisible();

  await page.getByTestId("lattice-state").click();
  await page.getByRole("button", { name: "Leave lattice" }).click();
  await expect(hostsPanel(page)).toBeHidden();
});

test("a counter is started, linked, updated and stopped on a host that is no tab", async ({
  modules,
  nats,
  startNodeHost,
  tab,
}) => {
  const node = await startNodeHost();
  const { page } = tab;
  await joinByDialog(page, nats.webSocketUrl);
  const counter = await revisionsOf("kvcounter");
  const first = modules.serve("/counter-1.wasm", await counter.sign(1, { name: "Counter" }));
  const second = modules.serve("/counter-2.wasm", await counter.sign(2, { name: "Counter" }));
  const item = hostItem(page, node.id);
  const actor = runItem(item, "Counter");
  const provider = runItem(item, keyValue);

  await test.step("start both", async () => {
    await startOn(item, "an actor", first);
    await expect(actor).toContainText("rev 1");
    await expect(actor).toContainText(first);
    await startOn(item, "a provider", keyValueReference, "default");
    await expect(provider).toContainText("wasmcloud:keyvalue");
    await expect(item.getByRole("list", { name: "Commands to" })).toBeHidden();
  });

  await test.step("link them by the form that both open", async () => {
    const form = page.getByRole("form", { name: "Add link" });
    await actor.getByRole("button", { name: /^Link Counter/ }).click();
    await expect(form.getByLabel("Actor key")).toHaveValue(counter.key);
    await provider.getByRole("button", { name: /^Link / }).click();
    await expect(form.getByLabel("Contract")).toHaveValue("wasmcloud:keyvalue");
    await expect(form.getByLabel("Provider key")).not.toHaveValue("");
    await form.getByLabel("Actor key").fill(counter.key);
    await form.getByRole("button", { name: "Set link" }).click();
    await expect(form).toBeHidden();
    await expect.poll(async () => (await node.describe()).links.map(({ state }) => state)).toEqual(["bound"]);
    expect(await tab.call(counter.key, "Count", { key: "visits" })).toMatchObject({ counter: 1 });
  });

  await test.step("update", async () => {
    await actor.getByRole("button", { name: /^Update Counter/ }).click();
    const form = actor.getByRole("form", { name: /^Update Counter/ });
    await form.getByRole("button", { name: "Update" }).click();
    await expect(form.getByRole("alert")).toContainText("Enter a reference");
    await form.getByLabel("New reference").fill(second);
    await form.getByRole("button", { name: "Update" }).click();
    await expect(actor).toContainText("rev 2");
    expect(await tab.call(counter.key, "Count", { key: "visits" })).toMatchObject({ counter: 2 });
  });

  await test.step("stop both", async () => {
    await stopItem(provider);
    await expect(provider).toBeHidden();
    await stopItem(actor);
    await expect(actor).toBeHidden();
    const { actors, providers } = await node.describe();
    expect(actors).toEqual([]);
    expect(providers.filter(({ onLattice }) => onLattice)).toEqual([]);
  });
});

test("what is started on another tab, and on this one, runs there", async ({
  modules,
  nats,
  openTab,
  tab: a,
}) => {
  const b = await openTab();
  await b.join(nats.webSocketUrl);
  await a.page.bringToFront();
  await joinByDialog(a.page, nats.webSocketUrl);
  const reference = modules.serve("/echo.wasm", testActor("echo").bytes);
  for (const [where, id] of [
    [b, (await b.describe()).id],
    [a, "this tab"],
  ] as const) {
    const item = hostItem(a.page, id);
    await startOn(item, "an actor", reference);
    await expect(runItem(item, "Echo")).toContainText("rev 1");
    await expect(where.page.getByTestId(`actor-${testActor("echo").key}`)).toBeVisible();
    await stopItem(runItem(item, "Echo"));
    await expect(runItem(item, "Echo")).toBeHidden();
    await expect(where.page.getByTestId(`actor-${testActor("echo").key}`)).toBeHidden();
  }
});

test("the hosts with the right labels are found, and one of them starts it", async ({
  modules,
  nats,
  startNodeHost,
  tab,
}) => {
  const node = await startNodeHost({ zone: "lab" });
  const { page } = tab;
  await joinByDialog(page, nats.webSocketUrl);
  const reference = modules.serve("/ponger.wasm", testActor("ponger").bytes);
  await hostsPanel(page).getByRole("button", { name: "Find a host" }).click();
  const form = hostsPanel(page).getByRole("form", { name: "Find a host" });
  const ask = form.getByRole("button", { name: "Ask all hosts" });
  await form.getByLabel("Reference").fill(reference);
  await ask.click();
  await expect(form).toContainText("2 hosts would start it.");

  await form.getByRole("button", { name: "Add label" }).click();
  await form.getByLabel("Name of label 1").fill("zone");
  await form.getByLabel("Value of label 1").fill("lab");
  await ask.click();
  await expect(form).toContainText("1 host would start it.");
  const bids = form.getByRole("list", { name: "Hosts that would start it" });
  await expect(bids.getByRole("listitem")).toHaveCount(1);
  await bids.getByRole("button", { name: /^Start it on host/ }).click();
  await expect(runItem(hostItem(page, node.id), "Ponger")).toBeVisible();

  await ask.click();
  await expect(form).toContainText("No host would start it");
  await form.getByLabel("For").selectOption("a provider");
  await form.getByLabel("Reference").fill(keyValueReference);
  await ask.click();
  await bids.getByRole("button", { name: /^Start it on host/ }).click();
  await expect(runItem(hostItem(page, node.id), keyValue)).toBeVisible();
});

test("what another host tells is shown, also where nobody looks and nothing is read in turn", async ({
  nats,
  openTab,
  startNodeHost,
}) => {
  const node = await startNodeHost();
  const { page } = await openTab();
  await joinByDialog(page, nats.webSocketUrl);
  const item = hostItem(page, node.id);
  await expect(item).toContainText("up ");
  await page.evaluate(() => Object.defineProperty(document, "visibilityState", { value: "hidden" }));
  const { key, bytes } = testActor("ponger");
  await node.startActor(bytes);
  await expect(runItem(item, "Ponger")).toBeVisible();
  await node.stopActor(key);
  await expect(runItem(item, "Ponger")).toBeHidden();
  await node.stop();
  await expect(item).toContainText("Gone");
});

test("on a phone nothing is cut off with every form open, and every control has a name", async ({
  modules,
  nats,
  openTab,
  startNodeHost,
}) => {
  const node = await startNodeHost({ note: "a label with a value that is long enough to be broken" });
  const { page } = await openTab();
  await page.setViewportSize({ width: 390, height: 844 });
  await node.startActorFrom(
    modules.serve("/a-module-with-a-rather-long-name-indeed.wasm", testActor("echo").bytes),
  );
  await joinByDialog(page, nats.webSocketUrl);
  const panel = hostsPanel(page);
  const item = hostItem(page, node.id);
  const echo = runItem(item, "Echo");
  await startOn(item, "an actor", `${modules.missing}${"-long".repeat(20)}`);
  await panel.getByRole("button", { name: "Find a host" }).click();
  await panel.getByRole("button", { name: "Add label" }).click();
  await item.getByRole("button", { name: "Start a provider on" }).click();
  await echo.getByRole("button", { name: /^Update/ }).click();
  await echo.getByRole("button", { name: /^Stop/ }).click();
  await page.getByRole("button", { name: "Apply a manifest" }).click();

  expect(await overflow(page)).toEqual({ by: 0, out: [] });
  expect(await namelessControls(page)).toEqual([]);
});

test("a host is driven by the keyboard alone", async ({ modules, nats, startNodeHost, tab }) => {
  const node = await startNodeHost();
  const { page } = tab;
  await joinByDialog(page, nats.webSocketUrl);
  const item = hostItem(page, node.id);
  await item.getByRole("button", { name: "Start an actor on" }).focus();
  await page.keyboard.press("Enter");
  await expect(item.getByLabel("Reference")).toBeFocused();
  await page.keyboard.type(modules.serve("/echo.wasm", testActor("echo").bytes));
  await page.keyboard.press("Enter");
  const echo = runItem(item, "Echo");
  await expect(echo).toBeVisible();

  await echo.getByRole("button", { name: /^Stop/ }).focus();
  await page.keyboard.press("Enter");
  await expect(echo.getByRole("button", { name: /^Confirm/ })).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(echo.getByRole("button", { name: /^Stop/ })).toBeFocused();
});

test("a refused command is told where it was given", async ({ modules, nats, startNodeHost, tab }) => {
  const node = await startNodeHost();
  const { page } = tab;
  await joinByDialog(page, nats.webSocketUrl);
  const reference = modules.serve("/echo.wasm", testActor("echo").bytes);
  const item = hostItem(page, node.id);
  await startOn(item, "an actor", reference);
  await expect(runItem(item, "Echo")).toBeVisible();

  await item.getByRole("button", { name: "Start an actor on" }).click();
  const form = item.getByRole("form", { name: "Start an actor on" });
  await form.getByLabel("Reference").fill(reference);
  await form.getByRole("button", { name: "Start" }).click();

  await expect(form.getByTestId("command-error")).toHaveAttribute("data-code", "control.refused");
  await expect(form.getByTestId("command-error")).toContainText("is already running on this host");
});

test("an acknowledged start that never shows up says where to look", async ({
  modules,
  nats,
  openTab,
  startNodeHost,
}) => {
  const node = await startNodeHost();
  const { page } = await openTab();
  await page.clock.install();
  await joinByDialog(page, nats.webSocketUrl);
  const item = hostItem(page, node.id);
  await startOn(item, "an actor", modules.missing);
  const commands = item.getByRole("list", { name: "Commands to" });

  await expect(commands).toContainText("acknowledged, pending");
  await page.clock.fastForward(patienceMs);
  await expect(commands).toContainText("acknowledged, but not seen: look at that host's log");
  await commands.getByRole("button", { name: "Dismiss" }).click();
  await expect(commands).toBeHidden();
});

test("a host that vanishes is shown as gone, then no more", async ({ nats, openTab, startNodeHost }) => {
  const node = await startNodeHost();
  const { page } = await openTab();
  await page.clock.install();
  await joinByDialog(page, nats.webSocketUrl);
  const item = hostItem(page, node.id);
  await expect(item).toContainText("up ");
  await node.stop();
  await hostsPanel(page).getByRole("button", { name: "Refresh" }).click();

  await expect(item).toContainText("Gone");
  await expect(item.getByRole("button", { name: "Start an actor on" })).toBeHidden();
  await expect(page.getByRole("link", { name: "1 host" })).toBeVisible();
  await page.clock.fastForward(patienceMs);
  await expect(item).toBeHidden();
});

test("a lattice that cannot be read says so, and keeps what was read", async ({ nats, openTab }) => {
  const tab = await openTab({ tolerate: /WebSocket/ });
  const { page } = tab;
  await joinByDialog(page, nats.webSocketUrl);
  await expect(hostItem(page, "this tab")).toBeVisible();
  await nats.stop();
  await expect(page.getByTestId("lattice-state")).toHaveAttribute("data-state", "reconnecting");
  await hostsPanel(page).getByRole("button", { name: "Refresh" }).click();

  await expect(hostsPanel(page).getByTestId("hosts-error")).toContainText("The lattice could not be read");
  await expect(hostItem(page, "this tab")).toBeVisible();
});
