import { describe, expect, it } from "vitest";
import { formatManifest, type Manifest, parseManifest } from "../../../src/index.ts";
import { testActor } from "../../support/actors.ts";
import { useModuleServer } from "../../support/module-server.ts";
import { startTestHost } from "../../support/node-host.ts";

const server = useModuleServer();
const counter = testActor("kvcounter");
const KEYVALUE = "weblattice:keyvalue-memory";

/** A manifest of what a host with the counter needs. */
async function counterManifest(): Promise<Manifest> {
  const { host } = await startTestHost();
  const provider = host.builtInProviders.find(({ name }) => name === KEYVALUE)?.descriptor.id ?? "";
  return parseManifest(
    JSON.stringify({
      labels: { zone: "a", "hostcore.os": "plan9" },
      actors: [server.actor("kvcounter")],
      capabilities: [{ image_ref: KEYVALUE }, { image_ref: KEYVALUE, link_name: "second" }],
      links: [
        {
          actor: counter.key,
          contract_id: "wasmcloud:keyvalue",
          provider_id: provider,
          values: { PORT: "0x10", ANSWER: "yes", EMPTY: "", DOLLAR: "$HOME", LINES: "a\nb: c" },
        },
      ],
    }),
    { format: "json" },
  );
}

describe("a manifest on a running host", () => {
  it("is applied in full: labels, actors, providers, links", async () => {
    const { host, call } = await startTestHost({ configure: (builder) => builder.withLabel("kept", "b") });
    expect(await host.applyManifest(await counterManifest())).toEqual([]);
    const { labels, providers, links } = await host.describe();
    expect(labels).toMatchObject({ zone: "a", kept: "b", "hostcore.os": process.platform });
    expect(providers.map(({ linkName }) => linkName)).toEqual(["default", "default", "second"]);
    expect(links).toMatchObject([{ state: "bound" }]);
    expect(await call(counter.key, "Count")).not.toHaveLength(0);
  });

  it("reports everything that fails together, and applies the rest", async () => {
    const { host } = await startTestHost();
    const manifest = await counterManifest();
    const failures = await host.applyManifest({
      ...manifest,
      labels: { "": "x" },
      actors: ["registry.example.com/UPPER:1", `${server.origin}/none.wasm`, ...manifest.actors],
      capabilities: [{ imageRef: "weblattice:unheard-of", linkName: "default" }, ...manifest.capabilities],
      links: [{ ...manifest.links[0], actorId: "echo" } as Manifest["links"][number], ...manifest.links],
    });
    expect(failures.map(({ item, error }) => [item, error.code])).toEqual([
      ["labels", "input.invalid"],
      ["actor registry.example.com/UPPER:1", "registry.invalid_reference"],
      [`actor ${server.origin}/none.wasm`, "module.fetch_failed"],
      ["capability weblattice:unheard-of (default)", "provider.not_found"],
      ["link echo to wasmcloud:keyvalue (default)", "link.invalid"],
    ]);
    expect((await host.describe()).links).toMatchObject([{ state: "bound" }]);
  });

  it.each(["yaml", "json"] as const)(
    "is exported as %s, and brings another host to the same state",
    async (format) => {
      const { host } = await startTestHost({ configure: (builder) => builder.withLabel("kept", "b") });
      await host.applyManifest(await counterManifest());
      const { manifest, omitted } = host.exportManifest();
      expect(omitted).toEqual([]);
      const other = await startTestHost();
      const read = parseManifest(formatManifest(manifest, format), { format });
      expect(await other.host.applyManifest(read)).toEqual([]);
      const [before, after] = [await host.describe(), await other.host.describe()];
      expect(after.labels).toEqual(before.labels);
      expect(after.links).toEqual(before.links);
      expect(after.actors.map(({ key, reference }) => [key, reference])).toEqual([
        [counter.key, server.actor("kvcounter")],
      ]);
      expect(after.providers.map(({ id, linkName }) => [id, linkName])).toEqual(
        before.providers.map(({ id, linkName }) => [id, linkName]),
      );
    },
  );

  it("is exported with word of what nobody else can fetch", async () => {
    const { host, start } = await startTestHost();
    await start("echo");
    const { manifest, omitted } = host.exportManifest();
    expect(manifest.actors).toEqual([]);
    expect(omitted).toEqual([expect.stringMatching(/^actor Echo \(M.{55}\): started from bytes/)]);
  });
});
