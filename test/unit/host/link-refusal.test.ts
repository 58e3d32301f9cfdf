import { beforeEach, describe, expect, it } from "vitest";
import { HostError, type LinkDefinition, type ProviderDescriptor } from "../../../src/index.ts";
import { testActor } from "../../support/actors.ts";
import { startTestHost, type TestHost } from "../../support/node-host.ts";
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

describe("a link that is refused", () => {
  it("for lack of the capability is not kept, if the actor is known", async () => {
    await test.start("echo");
    await startProvider();
    await expect(setLink({ actorId: testActor("echo").key })).rejects.toMatchObject({
      code: "link.capability_missing",
      message: "The claims of Echo do not include the capability wasmcloud:keyvalue",
    });
    expect((await test.host.describe()).links).toEqual([]);
  });

  it("for lack of the capability is shown as such, if the actor came later", async () => {
    await startProvider();
    await setLink({ actorId: testActor("echo").key });
    await test.start("echo");
    expect((await test.host.describe()).links).toMatchObject([
      { state: "refused", reason: "The claims of Echo do not include the capability wasmcloud:keyvalue" },
    ]);
    expect(operations()).toEqual([]);
  });

  it("by the provider is shown with its reason, and tried again when it is set again", async () => {
    provider.onCore = () => {
      throw new HostError("provider.failure", "no room");
    };
    await test.start("kvcounter");
    await startProvider();
    await setLink();
    expect((await test.host.describe()).links).toMatchObject([{ state: "refused", reason: "no room" }]);
    expect(test.events.at(-1)).toMatchObject({ type: "link_bound", error: { message: "no room" } });
    provider.onCore = () => undefined;
    await setLink();
    expect(await state()).toEqual(["bound"]);
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
    await expect(setLink(parts)).rejects.toMatchObject({ code: "link.invalid" });
    expect((await test.host.describe()).links).toEqual([]);
  });
});

describe("values of a link", () => {
  it("are neither logged nor told with what went wrong", async () => {
    provider.onCore = () => {
      throw new HostError("provider.failure", "no");
    };
    await test.start("kvcounter");
    await startProvider();
    await setLink({ values: { PASSWORD: "top secret" } });
    expect(JSON.stringify(test.log.records())).not.toContain("top secret");
  });
});
