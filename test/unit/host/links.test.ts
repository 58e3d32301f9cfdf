import { beforeEach, describe, expect, it } from "vitest";
import type { LinkDefinition, ProviderDescriptor } from "../../../src/index.ts";
import { testActor } from "../../support/actors.ts";
import { startTestHost, type TestHost } from "../../support/node-host.ts";
import { signed } from "../actors/signing.ts";
import { newDescriptor, RecordingProvider } from "../providers/recording-provider.ts";

const CONTRACT = "wasmcloud:keyvalue";
const { key: COUNTER } = testActor("kvcounter");

let test: TestHost;
let descriptor: ProviderDescriptor;
let provider: RecordingProvider;
beforeEach(async () => {
  test = await startTestHost();
  descriptor = await newDescriptor(CONTRACT);
  provider = new RecordingProvider();
});

const link = (parts: Partial<LinkDefinition> = {}): LinkDefinition => ({
  actorId: COUNTER,
  providerId: descriptor.id,
  contractId: CONTRACT,
  linkName: "default",
  values: { URL: "here" },
  ...parts,
});
const setLink = (parts: Partial<LinkDefinition> = {}): Promise<void> => test.host.setLink(link(parts));
const startProvider = (): Promise<void> => test.host.startProvider({ descriptor, provider });
const state = async (): Promise<unknown> => (await test.host.describe()).links.map(({ state }) => state);
const operations = (): string[] => provider.links.map(([operation]) => operation);

describe("a link", () => {
  const steps = {
    link: () => setLink(),
    actor: () => test.start("kvcounter"),
    provider: () => startProvider(),
  };

  it.each([
    ["link", "actor", "provider"],
    ["link", "provider", "actor"],
    ["actor", "link", "provider"],
    ["actor", "provider", "link"],
    ["provider", "link", "actor"],
    ["provider", "actor", "link"],
  ] as const)(
    "is told to the provider once, when all are there: %s, %s, %s",
    async (first, second, third) => {
      await steps[first]();
      await steps[second]();
      expect(operations()).toEqual([]);
      await steps[third]();
      expect(operations()).toEqual(["BindActor"]);
      expect(await state()).toEqual(["bound"]);
      expect((await test.host.describe()).providers.at(-1)?.boundActors).toEqual([COUNTER]);
      expect(test.events.filter(({ type }) => type === "link_bound")).toHaveLength(1);
    },
  );

  it("says what it waits for", async () => {
    const waiting = async (): Promise<unknown> => (await test.host.describe()).links;
    await setLink();
    expect(await waiting()).toEqual([{ ...link(), state: "waiting", reason: "The actor is not known yet" }]);
    await test.start("kvcounter");
    expect(await waiting()).toMatchObject([
      { state: "waiting", reason: "The provider does not run on this host" },
    ]);
  });

  it("is told with its values and what the host knows of the actor, which the values cannot replace", async () => {
    const { bytes, key, claims } = await signed("kvcounter", {
      name: "Counter",
      capabilities: [CONTRACT, "wasmcloud:httpserver"],
      tags: ["one", "two"],
      expires: 4_000_000_000,
    });
    await test.host.startActor(bytes);
    await startProvider();
    await setLink({ actorId: key, values: { URL: "here", __wasmcloud_issuer: "forged" } });
    expect(provider.links).toEqual([
      [
        "BindActor",
        {
          module: key,
          values: {
            URL: "here",
            __wasmcloud_issuer: claims.issuer,
            __wasmcloud_capabilities: "wasmcloud:keyvalue,wasmcloud:httpserver",
            __wasmcloud_name: "Counter",
            __wasmcloud_expires: "4000000000",
            __wasmcloud_tags: "one,two",
          },
        },
      ],
    ]);
    expect(provider.calls[0]?.origin).toBe("system");
  });

  it("of an actor without name, expiry and tags is told with the stand-ins of the protocol", async () => {
    const { bytes, key } = await signed("kvcounter", { name: null, capabilities: [CONTRACT] });
    await test.host.startActor(bytes);
    await startProvider();
    await setLink({ actorId: key, values: {} });
    expect(provider.links[0]?.[1]).toMatchObject({
      values: { __wasmcloud_name: "Anonymous", __wasmcloud_expires: "0", __wasmcloud_tags: "" },
    });
  });

  it("that is set again is told again only if it changed", async () => {
    await test.start("kvcounter");
    await startProvider();
    await setLink();
    await setLink();
    expect(operations()).toEqual(["BindActor"]);
    await setLink({ values: { URL: "there" } });
    expect(provider.links[1]?.[1]).toMatchObject({ values: { URL: "there" } });
  });

  it("given to another provider is taken from the first", async () => {
    const [other, second] = [await newDescriptor(CONTRACT), new RecordingProvider()];
    await test.host.startProvider({ descriptor: other, provider: second });
    await test.start("kvcounter");
    await startProvider();
    await setLink();
    await setLink({ providerId: other.id });
    expect(operations()).toEqual(["BindActor", "RemoveActor"]);
    expect(second.links.map(([operation]) => operation)).toEqual(["BindActor"]);
    await setLink({ providerId: (await newDescriptor(CONTRACT)).id });
    expect(second.links.map(([operation]) => operation)).toEqual(["BindActor", "RemoveActor"]);
    expect(await state()).toEqual(["waiting"]);
  });

  it("leads nowhere if the provider is of another contract", async () => {
    await test.start("kvcounter");
    await test.host.startProvider({ descriptor: { ...descriptor, contractId: "other" }, provider });
    await setLink();
    expect(operations()).toEqual([]);
    expect(await state()).toEqual(["waiting"]);
  });

  it("works with a provider under its link name only", async () => {
    await test.start("kvcounter");
    await test.host.startProvider({ descriptor, provider, linkName: "backup" });
    await setLink();
    expect(operations()).toEqual([]);
    await setLink({ linkName: "backup" });
    expect(operations()).toEqual(["BindActor"]);
  });
});
