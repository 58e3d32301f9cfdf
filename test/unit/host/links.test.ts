import { describe, expect, it } from "vitest";
import { signed } from "../actors/signing.ts";
import { newDescriptor, RecordingProvider } from "../providers/recording-provider.ts";
import { CONTRACT, COUNTER, linkSetting } from "./link-setting.ts";

describe("a link", () => {
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
      const { host, start, events, setLink, startProvider, states, operations } = await linkSetting();
      const steps = { link: setLink, actor: () => start("kvcounter"), provider: startProvider };
      await steps[first]();
      await steps[second]();
      expect(operations()).toEqual([]);
      await steps[third]();
      expect(operations()).toEqual(["BindActor"]);
      expect(await states()).toEqual(["bound"]);
      expect((await host.describe()).providers.at(-1)?.boundActors).toEqual([COUNTER]);
      expect(events.filter(({ type }) => type === "link_bound")).toHaveLength(1);
    },
  );

  it("says what it waits for", async () => {
    const { start, link, setLink, links } = await linkSetting();
    await setLink();
    expect(await links()).toEqual([{ ...link(), state: "waiting", reason: "The actor is not known yet" }]);
    await start("kvcounter");
    expect(await links()).toMatchObject([
      { state: "waiting", reason: "The provider does not run on this host" },
    ]);
  });

  it("is told with its values and what the host knows of the actor, which the values cannot replace", async () => {
    const { host, provider, setLink, startProvider } = await linkSetting();
    const { bytes, key, claims } = await signed("kvcounter", {
      name: "Counter",
      capabilities: [CONTRACT, "wasmcloud:httpserver"],
      tags: ["one", "two"],
      expires: 4_000_000_000,
    });
    await host.startActor(bytes);
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
    const { host, provider, setLink, startProvider } = await linkSetting();
    const { bytes, key } = await signed("kvcounter", { name: null, capabilities: [CONTRACT] });
    await host.startActor(bytes);
    await startProvider();
    await setLink({ actorId: key, values: {} });
    expect(provider.links[0]?.[1]).toMatchObject({
      values: { __wasmcloud_name: "Anonymous", __wasmcloud_expires: "0", __wasmcloud_tags: "" },
    });
  });

  it("that is set again is told again only if it changed", async () => {
    const { start, provider, setLink, startProvider, operations } = await linkSetting();
    await start("kvcounter");
    await startProvider();
    await setLink();
    await setLink();
    expect(operations()).toEqual(["BindActor"]);
    await setLink({ values: { URL: "there" } });
    expect(provider.links[1]?.[1]).toMatchObject({ values: { URL: "there" } });
  });

  it("given to another provider is taken from the first", async () => {
    const { host, start, setLink, startProvider, states, operations } = await linkSetting();
    const [other, second] = [await newDescriptor(CONTRACT), new RecordingProvider()];
    await host.startProvider({ descriptor: other, provider: second });
    await start("kvcounter");
    await startProvider();
    await setLink();
    await setLink({ providerId: other.id });
    expect(operations()).toEqual(["BindActor", "RemoveActor"]);
    expect(second.links.map(([operation]) => operation)).toEqual(["BindActor"]);
    await setLink({ providerId: (await newDescriptor(CONTRACT)).id });
    expect(second.links.map(([operation]) => operation)).toEqual(["BindActor", "RemoveActor"]);
    expect(await states()).toEqual(["waiting"]);
  });

  it("leads nowhere if the provider is of another contract", async () => {
    const { host, start, descriptor, provider, setLink, states, operations } = await linkSetting();
    await start("kvcounter");
    await host.startProvider({ descriptor: { ...descriptor, contractId: "other" }, provider });
    await setLink();
    expect(operations()).toEqual([]);
    expect(await states()).toEqual(["waiting"]);
  });

  it("works with a provider under its link name only", async () => {
    const { host, start, descriptor, provider, setLink, operations } = await linkSetting();
    await start("kvcounter");
    await host.startProvider({ descriptor, provider, linkName: "backup" });
    await setLink();
    expect(operations()).toEqual([]);
    await setLink({ linkName: "backup" });
    expect(operations()).toEqual(["BindActor"]);
  });
});
