import { fileURLToPath } from "node:url";
import { testActor } from "../support/actors.ts";
import { dropFiles, sendCall, startKeyValueProvider } from "../support/browser/steps.ts";
import { expect, test } from "../support/browser/test.ts";

const { key } = testActor("kvcounter");
const file = fileURLToPath(new URL("../../build/actors/kvcounter.wasm", import.meta.url));

test("a dropped counter is linked by the form, counts, and is stopped", async ({ tab }) => {
  const { page } = tab;
  const reply = page.getByTestId("call-reply");
  const row = page.getByTestId(`actor-${key}`);

  await test.step("drop the file", async () => {
    await dropFiles(page, [file]);
    await expect(row.getByRole("heading", { name: "Key Value Counter" })).toBeVisible();
    await expect(row.getByRole("list", { name: "Capabilities" })).toContainText("wasmcloud:keyvalue");
  });

  await test.step("start the provider and set the link", async () => {
    await startKeyValueProvider(page);
    const links = page.getByRole("region", { name: "Links" });
    await links.getByRole("button", { name: "Add link" }).click();
    const form = links.getByRole("form", { name: "Add link" });
    await form.getByLabel("Actor", { exact: true }).selectOption(key);
    await form.getByLabel("Provider", { exact: true }).selectOption({ index: 2 });
    await expect(form.getByLabel("Contract")).toHaveValue("wasmcloud:keyvalue");
    await form.getByRole("button", { name: "Set link" }).click();
    await expect(page.getByTestId(`link-${key}-wasmcloud:keyvalue-default`)).toHaveAttribute(
      "data-state",
      "bound",
    );
  });

  for (const count of [1, 2, 3]) {
    await test.step(`call ${count}`, async () => {
      await sendCall(page, { operation: "Count", payload: { key: ":visits" } });
      await expect(reply).toContainText(`"counter": ${count}`);
    });
  }

  await test.step("without the link the host call fails with a text that says so", async () => {
    const links = page.getByRole("region", { name: "Links" });
    await links.getByRole("button", { name: /^Remove link from Key Value Counter/ }).click();
    await links.getByRole("button", { name: /^Confirm: Remove link/ }).click();
    await expect(links.getByText("No links.")).toBeVisible();
    await sendCall(page, { operation: "Count", payload: { key: ":visits" } });
    const error = page.getByTestId("call-error");
    await expect(error).toContainText(
      `The target wasmcloud:keyvalue was not found as an actor public key, an actor call alias, or as the contract ID in an existing link from source actor ${key}`,
    );
  });

  await test.step("stop it", async () => {
    await row.getByRole("button", { name: "Stop Key Value Counter" }).click();
    await row.getByRole("button", { name: "Confirm: Stop Key Value Counter" }).click();
    await expect(row).toBeHidden();
    expect(await tab.actorWorkers()).toEqual([]);
  });
});

test("a chosen counter is linked and served by one click each, and counts the requests to each path", async ({
  tab,
}) => {
  const { page } = tab;
  const choosing = page.waitForEvent("filechooser");
  await page.getByRole("button", { name: "Choose file" }).click();
  await (await choosing).setFiles(file);
  const row = page.getByTestId(`actor-${key}`);
  const steps = row.getByRole("list", { name: "Next steps for Key Value Counter" });
  await steps.getByRole("button", { name: "Start weblattice In-Memory Key-Value and link" }).click();
  await expect(page.getByTestId(`link-${key}-wasmcloud:keyvalue-default`)).toHaveAttribute(
    "data-state",
    "bound",
  );
  await steps.getByRole("button", { name: "Start weblattice HTTP Server and link" }).click();
  await expect(steps).toBeHidden();
  const opening = page.waitForEvent("popup");
  await row.getByRole("link", { name: `Key Value Counter in a new tab: /http/${key}/` }).click();
  const opened = await opening;
  await expect(opened.locator("body")).toContainText('"counter":1');
  await opened.close();

  for (const [path, count] of [
    ["/a", 1],
    ["/a", 2],
    ["/b", 1],
    ["/a", 3],
  ] as const) {
    const payload = { method: "GET", path, queryString: "", header: {}, body: [] };
    await sendCall(page, { operation: "HandleRequest", payload });
    await expect(page.getByTestId("call-reply")).toContainText(`"counter": ${count}`);
    await expect(page.getByTestId("call-reply")).toContainText("200 OK");
  }
});
