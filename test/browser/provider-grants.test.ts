import { decode, encode } from "@msgpack/msgpack";
import { KeyPair, type ProviderGrants, writeProviderArchive } from "../../src/index.ts";
import { testActor, unsignedTestActor } from "../support/actors.ts";
import { expect, test } from "../support/browser/lattice-test.ts";
import type { Tab } from "../support/browser/tab.ts";

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

async function start(tab: Tab, target: string, code: Uint8Array, grants: ProviderGrants, linkName: string) {
  const [subject, issuer] = [await KeyPair.generate("service"), await KeyPair.generate("account")];
  const signing = { subject: subject.publicKey, name: "Asking", contractId: CONTRACT, vendor: "Example" };
  const manifest = new TextEncoder().encode(JSON.stringify({ network: ["127.0.0.1"], storage: true }));
  const bytes = await writeProviderArchive(signing, issuer, { targets: new Map([[target, code]]), manifest });
  const host = await tab.host();
  await host.evaluate(
    (client, { bytes, linkName, grants }) => client.startProviderArchive(bytes, linkName, grants),
    { bytes, linkName, grants },
  );
  return async (values: Record<string, string>) => {
    const link = { actorId: caller, providerId: subject.publicKey, contractId: CONTRACT, linkName, values };
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
