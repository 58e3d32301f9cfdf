import { readFile } from "node:fs/promises";
import type { Page } from "@playwright/test";
import { KeyPair } from "../../src/index.ts";
import { testActor } from "../support/actors.ts";
import { expect, test } from "../support/browser/lattice-test.ts";

test.use({ keepsTab: true });

const counter = testActor("kvcounter").key;

/** Saves what the panel exports, as text. */
async function download(page: Page): Promise<string> {
  await page.getByRole("button", { name: "Export manifest" }).click();
  const [file] = await Promise.all([
    page.waitForEvent("download"),
    page
      .getByRole("region", { name: "Export manifest" })
      .getByRole("button", { name: "Download YAML" })
      .click(),
  ]);
  expect(file.suggestedFilename()).toBe("weblattice-manifest.yaml");
  return readFile(await file.path(), "utf8");
}

test("what one tab exports, another applies", async ({ modules, openTab }) => {
  const [a, b] = [await openTab(), await openTab()];
  const address = modules.serve("/counter.wasm", testActor("kvcounter").bytes);
  await (await a.host()).evaluate((host, reference) => host.startActorFrom(reference), address);
  await a.linkKeyValue("kvcounter", (await a.startKeyValue()).id);
  const text = await download(a.page);
  await expect(a.page.getByRole("region", { name: "Export manifest" })).toContainText("Nothing is left out.");

  await b.page.getByRole("button", { name: "Apply a manifest" }).click();
  const form = b.page.getByRole("form", { name: "Apply a manifest" });
  await form
    .getByLabel("Manifest file")
    .setInputFiles({ name: "lab.yaml", mimeType: "application/yaml", buffer: Buffer.from(text) });
  await expect(form.getByLabel("Manifest", { exact: true })).toHaveValue(text);
  await form.getByRole("button", { name: "Apply" }).click();

  await expect(form).toContainText("Everything in the manifest was applied.");
  await expect(b.page.getByTestId(`link-${counter}-wasmcloud:keyvalue-default`)).toHaveAttribute(
    "data-state",
    "bound",
  );
  expect(await b.call(counter, "Count", { key: "visits" })).toMatchObject({ counter: 1 });
});

test("an export tells what it leaves out, and that link values may be secrets", async ({ tab }) => {
  await tab.startActors("kvcounter");
  const provider = await KeyPair.generate("service");
  await (await tab.host()).evaluate(
    (host, [actorId, providerId]) =>
      host.setLink({
        actorId,
        providerId,
        contractId: "wasmcloud:keyvalue",
        linkName: "default",
        values: { TOKEN: "hush" },
      }),
    [counter, provider.publicKey] as const,
  );
  const text = await download(tab.page);
  const part = tab.page.getByRole("region", { name: "Export manifest" });

  await expect(part.getByRole("note")).toContainText("they may be secrets. 1 link has values now.");
  await expect(part.getByRole("list", { name: "Left out of the manifest" })).toContainText(
    `actor Key Value Counter (${counter}): started from bytes`,
  );
  await expect(part).not.toContainText("hush");
  expect(text).toContain("TOKEN: hush");
});

test("items that fail are listed together, and the others are applied", async ({ modules, tab }) => {
  const { page } = tab;
  const address = modules.serve("/echo.wasm", testActor("echo").bytes);
  await page.getByRole("button", { name: "Apply a manifest" }).click();
  const form = page.getByRole("form", { name: "Apply a manifest" });
  const apply = form.getByRole("button", { name: "Apply" });
  const text = form.getByLabel("Manifest", { exact: true });
  await apply.click();
  await expect(form.getByRole("alert")).toContainText("Paste a manifest");

  await text.fill("actors: [");
  await apply.click();
  await expect(form.getByTestId("manifest-error")).toHaveAttribute("data-code", "input.invalid");

  const capabilities = [{ image_ref: "weblattice:nothing" }];
  await text.fill(JSON.stringify({ actors: [modules.missing, address], capabilities }));
  await apply.click();

  await expect(form).toContainText("2 items were not applied; the rest was.");
  const failed = form.getByRole("list", { name: "Not applied" }).getByRole("listitem");
  await expect(failed).toHaveCount(2);
  await expect(failed.first()).toContainText(`actor ${modules.missing}`);
  await expect(failed.last()).toContainText("weblattice:nothing");
  await expect(page.getByTestId(`actor-${testActor("echo").key}`)).toBeVisible();
});
