import { describe, expect, it } from "vitest";
import { nodeProviderWorkerScript } from "../../../node/build/node-worker.ts";
import { threadProviderRuntime } from "../../../node/index.ts";
import {
  formatManifest,
  KeyPair,
  MemoryStore,
  type ProviderGrantSettings,
  parseManifest,
  type Store,
  writeProviderArchive,
} from "../../../src/index.ts";
import { testActor } from "../../support/actors.ts";
import { useModuleServer } from "../../support/module-server.ts";
import { startTestHost, type TestHost } from "../../support/node-host.ts";

const CONTRACT = "wasmcloud:keyvalue";
const counter = testActor("kvcounter").key;
const server = useModuleServer();

/** Counts in its store, and adds what a server says. */
const COUNTING = `
export default (host) => ({
  async handleCall(actor, operation) {
    if (operation !== "Add") return new Uint8Array(0);
    const { body } = await host.fetch("ORIGIN/step");
    const last = (await host.storage.get("count"))?.[0] ?? 0;
    const next = last + Number(new TextDecoder().decode(body));
    await host.storage.set("count", Uint8Array.of(next));
    return new Uint8Array([0x81, 0xa5, ...new TextEncoder().encode("value"), next]);
  },
});`;
const ASKED = { network: ["127.0.0.1"], storage: true };

async function archive(asked: unknown = ASKED): Promise<{ bytes: Uint8Array; id: string }> {
  server.route("/step", (_, response) => response.end("5"));
  const [issuer, subject] = await Promise.all([KeyPair.generate("account"), KeyPair.generate("service")]);
  const bytes = await writeProviderArchive(
    { subject: subject.publicKey, contractId: CONTRACT, vendor: "Tests", name: "Counting" },
    issuer,
    {
      targets: new Map([["es2022-any", new TextEncoder().encode(COUNTING.replace("ORIGIN", server.origin))]]),
      manifest: new TextEncoder().encode(JSON.stringify(asked)),
    },
  );
  return { bytes, id: subject.publicKey };
}

function portableHost(settings: ProviderGrantSettings = {}, store?: Store): Promise<TestHost> {
  return startTestHost({
    configure: (builder) => {
      builder
        .withProviderRuntime(threadProviderRuntime({ script: nodeProviderWorkerScript }))
        .withProviderGrants(settings);
      return store === undefined ? builder : builder.withStore(store);
    },
  });
}

async function count({ host, start, call }: TestHost, providerId: string): Promise<number | undefined> {
  await start("kvcounter");
  await host.setLink({ actorId: counter, providerId, contractId: CONTRACT, linkName: "default", values: {} });
  return (await call(counter, "Count")).at(-1);
}

describe("a provider that asks for network and storage", () => {
  it("does what it was granted, and finds its data again on the next host", async () => {
    const store = new MemoryStore();
    const { bytes, id } = await archive();
    for (const [grants, counted] of [
      [ASKED, 5],
      [{ network: ["*"], storage: true }, 10],
    ] as const) {
      const test = await portableHost({}, store);
      await test.host.startProviderArchive(bytes, { grants });
      expect(await count(test, id)).toBe(counted);
      expect((await test.host.describe()).providers.at(-1)).toMatchObject({ id, authority: ASKED });
      await test.host.stop();
    }
    expect(await store.list("provider/")).toEqual([`provider/${id}/count`]);
  });

  it.each([
    ["nothing", undefined, "the network hosts 127.0.0.1 and storage"],
    ["only another host", { network: ["example.com"], storage: true }, "the network hosts 127.0.0.1"],
    ["no storage", { network: ["127.0.0.1"] }, "storage"],
  ])("is refused where it is granted %s, with all that it lacks", async (_, grants, lacking) => {
    const { host, events } = await portableHost({}, new MemoryStore());
    const { bytes } = await archive();
    const message = `Provider Counting asks for ${lacking}, which it was not granted`;
    await expect(
      host.startProviderArchive(bytes, grants === undefined ? {} : { grants }),
    ).rejects.toMatchObject({
      code: "provider.not_granted",
      message,
      hint: expect.stringContaining("127.0.0.1"),
    });
    expect(events.at(-1)).toMatchObject({ type: "provider_failed", error: { message } });
    expect((await host.describe()).providers).toHaveLength(1);
  });

  it("is granted what the policy says where nothing else is, and the policy sees who signed", async () => {
    const { bytes, id } = await archive();
    const test = await portableHost(
      { policy: ({ claims, asked }) => (claims.subject === id ? asked : {}) },
      new MemoryStore(),
    );
    await test.host.startProviderArchive(bytes);
    expect(await count(test, id)).toBe(5);
    const other = await archive();
    await expect(test.host.startProviderArchive(other.bytes)).rejects.toMatchObject({
      code: "provider.not_granted",
    });
    await expect(
      test.host.startProviderArchive(bytes, { linkName: "second", grants: {} }),
    ).rejects.toMatchObject({ code: "provider.not_granted" });
  });

  it("is refused storage by a host that keeps nothing", async () => {
    const { host } = await portableHost();
    const { bytes } = await archive();
    await expect(host.startProviderArchive(bytes, { grants: ASKED })).rejects.toMatchObject({
      code: "host.unsupported",
      message: expect.stringContaining("store"),
    });
  });

  it("is refused if it asks for what the host does not know", async () => {
    const { host } = await portableHost();
    const { bytes } = await archive({ camera: true });
    await expect(host.startProviderArchive(bytes, { grants: ASKED })).rejects.toMatchObject({
      code: "archive.malformed",
      message: expect.stringContaining("camera"),
    });
  });
});

describe("grants in a manifest", () => {
  it.each(["yaml", "json"] as const)("are given, and come back in an export: %s", async (format) => {
    const { bytes, id } = await archive();
    server.route("/counting.par.gz", (_, response) => response.end(bytes));
    const reference = `${server.origin}/counting.par.gz`;
    const written = {
      json: JSON.stringify({ capabilities: [{ image_ref: reference, grants: ASKED }] }),
      yaml: `capabilities:\n  - image_ref: ${reference}\n    grants:\n      network: ["127.0.0.1"]\n      storage: true\n`,
    };
    const test = await portableHost({}, new MemoryStore());
    const { host } = test;
    expect(await host.applyManifest(parseManifest(written[format], { format }))).toEqual([]);
    expect(await count(test, id)).toBe(5);
    const exported = formatManifest(host.exportManifest().manifest, format);
    expect(parseManifest(exported, { format }).capabilities).toEqual([
      { imageRef: reference, linkName: "default", grants: ASKED },
    ]);
  });

  it("that are none are said to be wrong", () => {
    const text = JSON.stringify({
      capabilities: [
        { image_ref: "a", grants: { storage: "yes" } },
        { image_ref: "b", grants: { network: "example.com" } },
        { image_ref: "c", grants: 1 },
      ],
    });
    expect(() => parseManifest(text, { format: "json" })).toThrow(
      /grants.storage must be true or false; .*grants.network must be a list; .*grants must have named fields/,
    );
  });
});
