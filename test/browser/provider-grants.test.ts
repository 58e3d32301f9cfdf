import { decode, encode } from "@msgpack/msgpack";
import { KeyPair, type ProviderGrants, writeProviderArchive } from "../../src/index.ts";
import { testActor, unsignedTestActor } from "../support/actors.ts";
import { expect, test } from "../support/browser/lattice-test.ts";
import type { Tab } from "../support/browser/tab.ts";

test.use({ keepsTab: true });

const CONTRACT = "wasmcloud:keyvalue";
const caller = testActor("faulty").key;

/** Answers with what a server says and what was kept before, as two texts of MessagePack. */
const CODE = `
export default (host) => ({
  async handleCall(actor, operation, payload) {
    if (operation === "Own") return text(typeof fetch + typeof indexedDB + typeof WebSocket);
    if (operation !== "Get") return new Uint8Array(0);
    const { body } = await host.fetch(new TextDecoder().decode(payload));
    await host.storage.set("last", body);
    return text(new TextDecoder().decode(await host.storage.get("last")));
  },
});
const text = (value) => Uint8Array.of(0xd9, value.length, ...new TextEncoder().encode(value));
`;

/** An archive that asks for this machine and for storage. */
async function archive(target: string, code: Uint8Array) {
  const [subject, issuer] = [await KeyPair.generate("service"), await KeyPair.generate("account")];
  const signing = { subject: subject.publicKey, name: "Asking", contractId: CONTRACT, vendor: "Example" };
  const manifest = new TextEncoder().encode(JSON.stringify({ network: ["127.0.0.1"], storage: true }));
  const bytes = await writeProviderArchive(signing, issuer, { targets: new Map([[target, code]]), manifest });
  return { bytes, id: subject.publicKey };
}

async function start(tab: Tab, target: string, code: Uint8Array, grants: ProviderGrants, linkName: string) {
  const { bytes, id } = await archive(target, code);
  const host = await tab.host();
  await host.evaluate(
    (client, { bytes, linkName, grants }) => client.startProviderArchive(bytes, linkName, grants),
    { bytes, linkName, grants },
  );
  return async (values: Record<string, string>) => {
    const link = { actorId: caller, providerId: id, contractId: CONTRACT, linkName, values };
    await host.evaluate((client, definition) => client.setLink(definition), link);
    return async (operation: string, payload: Uint8Array = new Uint8Array(0)) => {
      const answer = await tab.ask(caller, "Call", {
        target: CONTRACT,
        operation,
        payload,
        binding: linkName,
      });
      return answer.ok ? decode(answer.reply) : answer.message;
    };
  };
}

test("a provider in a tab reaches what it was granted, through its host and not by itself", async ({
  tab,
  modules,
}) => {
  const address = modules.serve("/hello", new TextEncoder().encode("hello"));
  const grants = { network: ["127.0.0.1"], storage: true };
  await tab.startActors("faulty");

  const module = new TextEncoder().encode(CODE);
  await expect(start(tab, "es2022-any", module, { storage: true }, "none")).rejects.toThrow(
    /asks for the network hosts 127.0.0.1, which it was not granted/,
  );
  const ask = await (await start(tab, "es2022-any", module, grants, "module"))({});
  expect(await ask("Get", new TextEncoder().encode(address))).toBe("hello");
  expect(await ask("Get", new TextEncoder().encode(address.replace("127.0.0.1", "localhost")))).toContain(
    "not among the allowed hosts",
  );
  expect(await ask("Own")).toBe("undefinedundefinedundefined");

  const relay = await start(tab, "wasm32-wapc", unsignedTestActor("relay"), grants, "guest");
  const askRelay = await relay({ URL: address });
  expect(await askRelay("Get")).toMatchObject({ statusCode: 200 });
  expect(await askRelay("Count", encode({}))).toEqual({ count: 1 });
  expect((await tab.describe()).providers.slice(-2)).toMatchObject([
    { authority: grants },
    { authority: grants },
  ]);
  expect(tab.complaints).toEqual([]);
});

test("a provider that asks for more than nothing is started once that is granted, on the page", async ({
  tab,
  modules,
}) => {
  const { page } = tab;
  const { bytes } = await archive("es2022-any", new TextEncoder().encode(CODE));
  const panel = page.getByRole("region", { name: "Providers" });
  const rows = panel.getByRole("listitem", { name: "Asking" });
  await page
    .getByTestId("file-input")
    .setInputFiles({ name: "asking.par.gz", mimeType: "application/gzip", buffer: Buffer.from(bytes) });
  const refused = page.getByTestId("start-error");
  await expect(refused).toContainText("asks for the network hosts 127.0.0.1 and storage");
  await expect(rows).toHaveCount(0);
  await refused.getByRole("button", { name: "Grant this and start" }).click();
  await expect(rows).toContainText("Granted requests to 127.0.0.1 · data in this host's store");
  await expect(refused).toHaveCount(0);

  await panel.getByRole("button", { name: "Start provider" }).click();
  const form = panel.getByRole("form", { name: "Start provider" });
  await form.getByLabel("Provider", { exact: true }).selectOption("From a reference…");
  await form.getByLabel("Reference").fill(modules.serve("/asking.par.gz", bytes));
  await form.getByLabel("Link name").fill("second");
  await form.getByRole("button", { name: "Start", exact: true }).click();
  await form.getByRole("button", { name: "Grant this and start" }).click();
  await expect(rows).toHaveCount(2);
});
