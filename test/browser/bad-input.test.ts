import { testActor } from "../support/actors.ts";
import { makeBadModules } from "../support/browser/bad-modules.ts";
import { expect, test } from "../support/browser/test.ts";

test.use({ keepsTab: true });

test("bad modules are refused one by one, in words, and leave nothing behind", async ({ tab }) => {
  const { page } = tab;
  const modules = await makeBadModules();
  const files = modules.map(({ name, bytes }) => ({
    name,
    mimeType: "application/wasm",
    buffer: Buffer.from(bytes),
  }));
  const before = await tab.describe();
  await page.getByTestId("file-input").setInputFiles(files);
  const start = page.getByRole("region", { name: /^Start/ });
  await expect(start.getByTestId("start-error")).toHaveCount(modules.length);

  for (const { name, code, says } of modules) {
    const notice = start.getByTestId("start-error").filter({ hasText: `${name} was not started` });
    await expect.soft(notice, name).toHaveAttribute("data-code", code);
    await expect.soft(notice, name).toHaveText(says);
  }

  const { actors, counters } = await tab.describe();
  expect(actors).toEqual([]);
  expect(counters["actors.start_failed"]).toBe(modules.length);
  expect(before.actors).toEqual([]);
  await expect(page.getByRole("region", { name: "Actors" })).toContainText("No actor runs.");
  expect(await tab.actorWorkers()).toEqual([]);
  expect(await tab.ask(testActor("nocall").key, "HealthRequest")).toMatchObject({ ok: false });

  await test.step("and a good one starts afterwards", async () => {
    await tab.startActors("echo");
    expect(await tab.call(testActor("echo").key, "Echo", "well")).toBe("well");
  });
});

test("a second start of a running actor is refused, and the first runs on", async ({ tab }) => {
  const { page } = tab;
  const { key, bytes } = testActor("echo");
  await tab.startActors("echo");
  await page
    .getByTestId("file-input")
    .setInputFiles({ name: "again.wasm", mimeType: "application/wasm", buffer: Buffer.from(bytes) });
  const notice = page.getByTestId("start-error");
  await expect(notice).toHaveAttribute("data-code", "actor.already_running");
  await expect(notice).toContainText(`Cannot start already running actor ${key}`);
  expect(await tab.call(key, "Echo", "still here")).toBe("still here");
  expect(await tab.actorWorkers()).toHaveLength(1);
});

test("an address without a module is refused where it was typed", async ({ dashboard, tab }) => {
  const { page } = tab;
  const notice = page.getByTestId("start-error");
  const type = async (address: string): Promise<void> => {
    await page.getByLabel("Address or image").fill(address);
    await page.getByRole("button", { name: "Start from reference" }).click();
  };

  await type(`${dashboard.url}/missing.wasm`);
  await expect(notice.filter({ hasText: "missing.wasm" })).toContainText("the server answered 404");
  await type(`${dashboard.url}/actors/index.json`);
  await expect(notice.filter({ hasText: "index.json" })).toContainText("is not a WebAssembly module");
  await type("ftp://example.test/echo.wasm");
  await expect(page.getByText("Enter an http(s) address, or an image reference")).toBeVisible();
  expect((await tab.describe()).actors).toEqual([]);
});
