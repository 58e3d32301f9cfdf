import type { BrowserContext, Page } from "@playwright/test";
import { type NatsServer, startNatsServer } from "../../node/lattice/nats-server.ts";
import { testActor } from "../support/actors.ts";
import { joinByDialog, namelessControls, overflow, sendCall } from "../support/browser/steps.ts";
import { Tab } from "../support/browser/tab.ts";
import { expect, test } from "../support/browser/test.ts";

/** A page with something in every panel. */
async function fill(tab: Tab, server: string): Promise<void> {
  await tab.startActors("kvcounter", "echo", "faulty");
  await tab.linkKeyValue("kvcounter", (await tab.startKeyValue()).id);
  await joinByDialog(tab.page, server);
  const wide = { text: "wide".repeat(200) };
  await sendCall(tab.page, { target: testActor("echo").key, operation: "Echo", payload: wide });
  await expect(tab.page.getByTestId("call-reply")).toContainText("wide");
  await tab.page.getByTestId("file-input").setInputFiles({
    name: `${"long-name-".repeat(12)}.wasm`,
    mimeType: "application/wasm",
    buffer: Buffer.from("no module"),
  });
  await expect(tab.page.getByTestId("start-error")).toBeVisible();
  await tab.page.getByRole("button", { name: "Add link" }).click();
  await tab.page.getByText("Environment and limits").click();
}

/** Presses Tab until the focus is on what has this name. */
async function tabTo(page: Page, name: string | RegExp): Promise<void> {
  for (let presses = 0; presses < 60; presses++) {
    await page.keyboard.press("Tab");
    const focus = page.locator(":focus");
    if ((await focus.count()) > 0 && (await focus.and(page.getByRole("button", { name })).count()) > 0)
      return;
  }
  throw new Error(`The keyboard does not reach ${name}`);
}

function background(page: Page): Promise<string> {
  return page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
}

test("the theme follows the system until one is chosen, which is remembered", async ({ tab }) => {
  const { page } = tab;
  await page.emulateMedia({ colorScheme: "light" });
  const light = await background(page);
  await page.emulateMedia({ colorScheme: "dark" });
  const dark = await background(page);
  expect(dark).not.toBe(light);

  await page.getByRole("button", { name: "Switch to light theme" }).click();
  await expect.poll(() => background(page)).toBe(light);
  await page.reload();
  await expect(page.getByRole("button", { name: "Switch to dark theme" })).toBeVisible();
  expect(await background(page)).toBe(light);
  await page.getByRole("button", { name: "Switch to dark theme" }).click();
  await expect.poll(() => background(page)).toBe(dark);
});

test("an example is started, called and stopped by the keyboard alone", async ({ tab }) => {
  const { page } = tab;
  await tabTo(page, "Start Echo");
  await page.keyboard.press("Enter");
  await expect(page.getByTestId(`actor-${testActor("echo").key}`)).toBeVisible();

  await tabTo(page, "Call Echo");
  await page.keyboard.press("Enter");
  await expect(page.getByLabel("Operation", { exact: true })).toBeFocused();
  await page.keyboard.press("ControlOrMeta+A");
  await page.keyboard.type("Echo");
  await page.keyboard.press("Control+Enter");
  await expect(page.getByTestId("call-reply")).toContainText("/hello");

  await tabTo(page, "Stop Echo");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("button", { name: "Confirm: Stop Echo" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.getByTestId(`actor-${testActor("echo").key}`)).toBeHidden();
});

test("an empty payload and a wrong one are told apart before anything is sent", async ({ tab }) => {
  const { page } = tab;
  await tab.startActors("echo");
  const form = page.getByRole("form", { name: "Call an actor" });
  await sendCall(page, { operation: "Echo" });
  await expect(page.getByTestId("call-reply")).toContainText("The reply is empty (0 bytes).");
  await form.getByLabel("Payload", { exact: true }).fill('{"text": }');
  await form.getByRole("button", { name: "Send", exact: true }).click();
  await expect(form.getByRole("alert")).toContainText("Not JSON");
  await expect(form.getByLabel("Payload", { exact: true })).toBeFocused();
  expect(await tab.actor("echo")).toMatchObject({ calls: 1 });
});

test.describe("with something in every panel", () => {
  let nats: NatsServer;
  let context: BrowserContext;
  let tab: Tab;
  test.beforeAll(async ({ browser, dashboard }) => {
    nats = await startNatsServer();
    context = await browser.newContext({ viewport: { width: 390, height: 844 } });
    tab = await Tab.open(await context.newPage(), dashboard.url);
    await fill(tab, nats.webSocketUrl);
  });
  test.afterAll(async () => {
    await context.close();
    await nats.stop();
    expect(tab.complaints).toEqual([]);
  });

  for (const width of [390, 768, 1280]) {
    test(`nothing is cut off or scrolls sideways at ${width} px`, async () => {
      await tab.page.setViewportSize({ width, height: 844 });
      expect(await overflow(tab.page)).toEqual({ by: 0, out: [] });
    });
  }

  test("every field and button has a name, and every panel a heading", async () => {
    const { page } = tab;
    expect(await namelessControls(page)).toEqual([]);
    for (const name of [
      "Actors",
      "Providers",
      "Links",
      "Call console",
      "Events",
      "Manifest",
      "Lattice hosts",
    ]) {
      await expect(
        page.getByRole("region", { name }).getByRole("heading", { name, exact: true }),
      ).toBeVisible();
    }
  });
});
