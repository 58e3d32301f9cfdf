import type { Locator, Page } from "@playwright/test";
import { testActor } from "../support/actors.ts";
import { namelessControls, overflow } from "../support/browser/steps.ts";
import type { Tab } from "../support/browser/tab.ts";
import { expect, test } from "../support/browser/test.ts";

const chat = testActor("chat").key;

/** Starts the chat in a tab and links it to providers that the tab has built in, but for messages. */
async function startChat(tab: Tab): Promise<void> {
  await tab.startActors("chat");
  for (const [kind, values] of [
    ["weblattice:keyvalue-memory", {}],
    ["weblattice:telnet", { MOTD: "Welcome\n" }],
  ] as const) {
    await startAndLink(tab, kind, values);
  }
}

async function startAndLink(tab: Tab, kind: string, values: Readonly<Record<string, string>>): Promise<void> {
  await (await tab.host()).evaluate(
    async (host, { kind, actorId, values }) => {
      const choice = (await host.providerChoices()).find((candidate) => candidate.kind === kind);
      if (choice === undefined) throw new Error(`${kind} is not offered`);
      await host.startProviderFrom(kind);
      const { id: providerId, contractId } = choice;
      await host.setLink({ actorId, providerId, contractId, linkName: "default", values });
    },
    { kind, actorId: chat, values },
  );
}

function linkMessaging(tab: Tab, natsUrl: string): Promise<void> {
  return startAndLink(tab, "weblattice:messaging", { URL: natsUrl, SUBSCRIPTION: "chat.room" });
}

/** As a user does it: the suggestion leads to the form, which knows what the provider needs. */
async function linkMessagingByForm({ page }: Tab, natsUrl: string): Promise<void> {
  await page.getByRole("button", { name: "Start weblattice NATS Messaging and link…" }).click();
  const form = page.getByRole("form", { name: "Add link" });
  await expect(form.getByLabel("Name of value 1")).toHaveValue("URL");
  await form.getByRole("button", { name: "Set link" }).click();
  await expect(form.getByRole("alert")).toHaveText("The provider needs “URL”.");
  await form.getByLabel("Value 1", { exact: true }).fill(natsUrl);
  await form.getByRole("button", { name: "Add value SUBSCRIPTION" }).click();
  await expect(form.getByLabel("Value 2", { exact: true })).toBeFocused();
  await page.keyboard.type("chat.room");
  await form.getByRole("button", { name: "Set link" }).click();
  await expect(form).toBeHidden();
}

const dock = (page: Page): Locator => page.getByRole("region", { name: "Terminals" });
const screen = (page: Page): Locator => dock(page).getByRole("tabpanel").locator(".xterm-rows");

/** Opens a terminal from the row of the actor or its provider. @returns what the chat calls it. */
async function sitDown({ page }: Tab, panel: "Actors" | "Providers" = "Actors"): Promise<string> {
  await page.getByRole("region", { name: panel }).getByRole("button", { name: "Terminal of Chat" }).click();
  await expect(screen(page)).toContainText(/You are [0-9a-f]{4}\./);
  return /You are (.{4})\./.exec(await screen(page).innerText())?.[1] ?? "";
}

test("what is typed at a terminal of one tab is read at that of another, both ways", async ({
  openTab,
  nats,
}) => {
  const [here, there] = [await openTab(), await openTab()];
  await startChat(there);
  await linkMessaging(there, nats.webSocketUrl);
  await startChat(here);
  await here.page.bringToFront();
  await linkMessagingByForm(here, nats.webSocketUrl);
  const anna = await sitDown(here);
  await expect(screen(here.page)).toContainText("Welcome");
  await there.page.bringToFront();
  const bert = await sitDown(there, "Providers");
  await there.page.keyboard.type("hellp");
  await there.page.keyboard.press("Backspace");
  await there.page.keyboard.type("o all");
  await expect(screen(there.page)).toContainText("hello all");
  await there.page.keyboard.press("Enter");
  await here.page.bringToFront();
  await expect(screen(here.page)).toContainText(`${bert} has come`);
  await expect(screen(here.page)).toContainText(`${bert}: hello all`);
  await here.page.keyboard.type("hello back");
  await here.page.keyboard.press("Enter");
  await there.page.bringToFront();
  await expect(screen(there.page)).toContainText(`${anna}: hello back`);
});

test("a terminal survives what its actor writes, leaves by Escape, and is connected again", async ({
  tab,
  nats,
  peer,
}) => {
  const { page } = tab;
  await startChat(tab);
  await linkMessaging(tab, nats.webSocketUrl);
  const name = await sitDown(tab);
  const title = await page.title();
  const say = (text: string): Promise<void> => peer.publish("chat.room", new TextEncoder().encode(text));

  // The title, the clipboard, a link, a colour of the palette, the mouse, questions, and work without end.
  await say(
    "\u001b]0;evil\u0007\u001b]52;c;ZXZpbA==\u0007\u001b]8;;https://evil.example\u0007here\u001b]8;;\u0007",
  );
  await say(
    "\u001b]11;#ff0000\u0007\u001b[?1003h\u001b[?1006h\u001b[6n\u001b[c\u001b]10;?\u0007\u001bP$qm\u001b\\",
  );
  await say("\u001b[2147483647S\u001b[2147483647b\u001b[2147483647L\u001b[2147483647I");
  await say("\u001b[38;2;10;20;30;48;2;200;210;220mcoloured\u001b[0m");
  await say("x".repeat(400_000));
  await say("\u001b[2J\u001b[Hstill there");
  await expect(screen(page)).toContainText("still there");
  await page.keyboard.type("yes");
  await page.keyboard.press("Enter");
  await expect(screen(page)).toContainText(`${name}: yes`);
  expect(await page.title()).toBe(title);
  await expect(dock(page).locator("a")).toHaveCount(0);

  await page.setViewportSize({ width: 390, height: 800 });
  expect(await overflow(page)).toEqual({ by: 0, out: [] });
  expect(await namelessControls(page)).toEqual([]);

  await page.keyboard.press("Escape");
  await expect(dock(page).getByRole("tab", { name: "Chat" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("textbox", { name: "Terminal Chat" })).toBeFocused();

  await (await tab.host()).evaluate((host, key) => host.stopActor(key), chat);
  await expect(dock(page)).toContainText(
    "The actor was stopped. It can be connected again once the actor runs.",
  );
  await tab.startActors("chat");
  await dock(page).getByRole("button", { name: "Reconnect" }).click();
  await expect(dock(page).getByRole("tabpanel")).toHaveAttribute("data-stage", "open");
  await page.keyboard.type("again");
  await page.keyboard.press("Enter");
  await expect(screen(page)).toContainText(/: again/);

  await (await tab.host()).evaluate((host) => void host.stop());
  await expect(dock(page)).toContainText("The host was stopped. It can be connected again once a host runs.");
  await page.getByRole("button", { name: "Restart host" }).click();
  await expect(dock(page)).toContainText("linked to a running provider of terminals");
  await dock(page).getByRole("button", { name: "Close terminal Chat" }).click();
  await expect(dock(page)).toBeHidden();
});
