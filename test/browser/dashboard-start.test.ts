import { gzipSync } from "node:zlib";
import { KeyPair, writeProviderArchive } from "../../src/index.ts";
import { testActor } from "../support/actors.ts";
import { expect, test } from "../support/browser/lattice-test.ts";
import type { Tab } from "../support/browser/tab.ts";

test.use({ keepsTab: true });

const code = new TextEncoder().encode("export default () => ({ handleCall: () => new Uint8Array(0) });\n");

/** The signed archive of a provider that does nothing, packed or not. */
async function archive(compress: boolean): Promise<Uint8Array> {
  const [subject, issuer] = [await KeyPair.generate("service"), await KeyPair.generate("account")];
  const signing = {
    subject: subject.publicKey,
    name: "Idle Store",
    contractId: "example:idle",
    vendor: "Example",
    revision: 3,
  };
  return writeProviderArchive(signing, issuer, { targets: new Map([["es2022-any", code]]), compress });
}

async function choose(tab: Tab, name: string, bytes: Uint8Array): Promise<void> {
  await tab.page
    .getByTestId("file-input")
    .setInputFiles({ name, mimeType: "application/octet-stream", buffer: Buffer.from(bytes) });
}

for (const [what, compress] of [
  ["packed", true],
  ["plain", false],
] as const) {
  test(`a ${what} archive is started as a provider whatever its file is called`, async ({ tab }) => {
    await choose(tab, "some.bin", await archive(compress));
    const providers = tab.page.getByRole("region", { name: "Providers" });
    await expect(providers.getByRole("listitem", { name: "Idle Store" })).toContainText("example:idle");
  });
}

test("what is packed but no archive is refused as an archive, what is neither as a module", async ({
  tab,
}) => {
  const error = tab.page.getByTestId("start-error");
  await choose(tab, "broken.par.gz", gzipSync("no archive"));
  await expect(error.filter({ hasText: "broken.par.gz" })).toHaveAttribute("data-code", /^archive\./);
  await choose(tab, "text.par", new TextEncoder().encode("no module"));
  await expect(error.filter({ hasText: "text.par" })).toHaveAttribute("data-code", /^module\./);
});

test("a provider is started from the address of its archive", async ({ modules, tab }) => {
  const { page } = tab;
  const address = modules.serve("/idle.par.gz", await archive(true));
  const panel = page.getByRole("region", { name: "Providers" });
  await panel.getByRole("button", { name: "Start provider" }).click();
  const form = panel.getByRole("form", { name: "Start provider" });
  await form.getByLabel("Provider", { exact: true }).selectOption("From a reference…");
  await form.getByRole("button", { name: "Start" }).click();
  await expect(form.getByRole("alert")).toContainText("Enter an http(s) address or an image reference.");
  await form.getByLabel("Link name").fill("second");

  await form.getByLabel("Reference").fill(modules.missing);
  await form.getByRole("button", { name: "Start" }).click();
  await expect(form.getByTestId("provider-error")).toContainText("answered 404");

  await form.getByLabel("Reference").fill(address);
  await form.getByRole("button", { name: "Start" }).click();
  await expect(panel.getByRole("listitem", { name: "Idle Store" })).toContainText("second");
});

test("an image reference is taken for one, and a path for one on this server", async ({ tab }) => {
  const { page } = tab;
  const start = async (typed: string): Promise<void> => {
    await page.getByLabel("Address or image").fill(typed);
    await page.getByRole("button", { name: "Start from reference" }).click();
  };
  // Nothing listens there: the host says so of a registry.
  await start("127.0.0.1:1/team/echo:1.0.0");
  await expect(page.getByTestId("start-error")).toHaveAttribute("data-code", /^registry\./);
  await start("actors/echo.wasm");
  await expect(page.getByTestId(`actor-${testActor("echo").key}`)).toBeVisible();
});
