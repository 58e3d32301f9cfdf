import { describe, expect, it } from "vitest";
import { HostError, type LinkDefinition } from "../../../src/index.ts";
import { testActor } from "../../support/actors.ts";
import { boundLink, COUNTER, linkSetting } from "./link-setting.ts";

const ECHO = testActor("echo").key;

describe("a link that is refused", () => {
  it("for lack of the capability is not kept, if the actor is known", async () => {
    const { start, setLink, startProvider, links } = await linkSetting();
    await start("echo");
    await startProvider();
    await expect(setLink({ actorId: ECHO })).rejects.toMatchObject({
      code: "link.capability_missing",
      message: "The claims of Echo do not include the capability wasmcloud:keyvalue",
    });
    expect(await links()).toEqual([]);
  });

  it("for lack of the capability is shown as such, if the actor came later", async () => {
    const { start, setLink, startProvider, links, operations } = await linkSetting();
    await startProvider();
    await setLink({ actorId: ECHO });
    await start("echo");
    expect(await links()).toMatchObject([
      { state: "refused", reason: "The claims of Echo do not include the capability wasmcloud:keyvalue" },
    ]);
    expect(operations()).toEqual([]);
  });

  it("by the provider is shown with its reason, and tried again when it is set again", async () => {
    const { start, events, provider, setLink, startProvider, links, states } = await linkSetting();
    provider.onCore = () => {
      throw new HostError("provider.failure", "no room");
    };
    await start("kvcounter");
    await startProvider();
    await setLink();
    expect(await links()).toMatchObject([{ state: "refused", reason: "no room" }]);
    expect(events.at(-1)).toMatchObject({ type: "link_bound", error: { message: "no room" } });
    provider.onCore = () => undefined;
    await setLink();
    expect(await states()).toEqual(["bound"]);
  });

  it("by the provider after another one was taken is told again when the former is set again", async () => {
    const { provider, setLink, states, operations } = await boundLink();
    provider.onCore = () => {
      throw new HostError("link.invalid", "no such place");
    };
    await setLink({ values: { URL: "nowhere" } });
    expect(await states()).toEqual(["refused"]);
    provider.onCore = () => undefined;
    await setLink();
    expect(operations()).toEqual(["BindActor", "BindActor", "BindActor"]);
    expect(await states()).toEqual(["bound"]);
  });

  it("by the provider, or not answered in time, is told as removed too", async () => {
    const { start, provider, setLink, removeLink, startProvider, operations } = await linkSetting();
    provider.onCore = () => {
      throw new HostError("provider.failure", "no room");
    };
    await start("kvcounter");
    await startProvider();
    await setLink();
    provider.onCore = () => undefined;
    await removeLink();
    expect(operations()).toEqual(["BindActor", "RemoveActor"]);
  });

  it.each<[string, Partial<LinkDefinition>]>([
    ["an actor that is no key", { actorId: "MA" }],
    ["a provider that is no key", { providerId: "VA" }],
    ["an actor in place of a provider", { providerId: COUNTER }],
    ["no contract", { contractId: " " }],
    ["an empty link name", { linkName: "" }],
    ["a link name with a dot", { linkName: "a.b" }],
    ["too many values", { values: Object.fromEntries(Array.from({ length: 65 }, (_, i) => [`k${i}`, ""])) }],
    ["too long a value", { values: { k: "v".repeat(4_097) } }],
  ])("for %s says so", async (_what, parts) => {
    const { setLink, links } = await linkSetting();
    await expect(setLink(parts)).rejects.toMatchObject({ code: "link.invalid" });
    expect(await links()).toEqual([]);
  });
});

describe("values of a link", () => {
  it("are neither logged nor told with what went wrong", async () => {
    const { start, log, provider, setLink, startProvider } = await linkSetting();
    provider.onCore = () => {
      throw new HostError("provider.failure", "no");
    };
    await start("kvcounter");
    await startProvider();
    await setLink({ values: { PASSWORD: "top secret" } });
    expect(JSON.stringify(log.records())).not.toContain("top secret");
  });
});
