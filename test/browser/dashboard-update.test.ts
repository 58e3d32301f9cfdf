import type { Locator } from "@playwright/test";
import { expect, test } from "../support/browser/lattice-test.ts";
import type { Tab } from "../support/browser/tab.ts";
import { type Revisions, revisionsOf } from "../support/revisions.ts";

test.use({ keepsTab: true });

/** A tab that runs the first revision of an actor, and the open form that updates it. */
async function running(tab: Tab): Promise<{ actor: Revisions; row: Locator; form: Locator }> {
  const actor = await revisionsOf("echo");
  await tab.startModule(await actor.sign(1, { name: "Parrot" }));
  const row = tab.page.getByRole("listitem", { name: "Parrot" });
  await row.getByRole("button", { name: "Update Parrot" }).click();
  return { actor, row, form: row.getByRole("form", { name: "Update Parrot" }) };
}

test("an actor is updated by a file of a higher revision", async ({ tab }) => {
  const { actor, row, form } = await running(tab);
  await form.getByLabel("New module of Parrot").setInputFiles({
    name: "parrot-2.wasm",
    mimeType: "application/wasm",
    buffer: Buffer.from(await actor.sign(2, { name: "Parrot" })),
  });

  await expect(form).toBeHidden();
  await expect(row).toContainText("rev 2");
  expect(await tab.call(actor.key, "Echo", "still here")).toBe("still here");
});

test("an actor is updated by the address of a higher revision", async ({ modules, tab }) => {
  const { actor, row, form } = await running(tab);
  const address = modules.serve("/parrot-5.wasm", await actor.sign(5, { name: "Parrot" }));
  await form.getByLabel("New module", { exact: true }).fill(address);
  await form.getByRole("button", { name: "Update" }).click();

  await expect(row).toContainText("rev 5");
  await expect(row.getByTitle(address)).toBeVisible();
});

test("an update that is refused says why beside the actor, which runs on", async ({ modules, tab }) => {
  const { actor, row, form } = await running(tab);
  const update = form.getByRole("button", { name: "Update" });
  await update.click();
  await expect(form.getByRole("alert")).toContainText("Enter an http(s) address or an image reference.");
  await expect(form.getByLabel("New module", { exact: true })).toBeFocused();

  await form.getByLabel("New module", { exact: true }).fill(modules.serve("/old.wasm", await actor.sign(1)));
  await update.click();

  await expect(form.getByTestId("update-error")).toHaveAttribute("data-code", "actor.update_refused");
  await expect(form.getByTestId("update-error")).toContainText("not a higher revision number");
  await expect(row).toContainText("rev 1");
  expect(await tab.call(actor.key, "Echo", "still here")).toBe("still here");
});
