import { decode } from "@msgpack/msgpack";
import { beforeEach, describe, expect, it } from "vitest";
import { MEMORY_KEYVALUE_PROVIDER, MemoryKeyValueProvider } from "../../../src/index.ts";
import { startTestHost, type TestHost } from "../../support/node-host.ts";
import { newDescriptor, RecordingProvider } from "../providers/recording-provider.ts";

const CONTRACT = "wasmcloud:keyvalue";

let test: TestHost;
let id: string;
beforeEach(async () => {
  test = await startTestHost();
  const descriptor = await newDescriptor(CONTRACT);
  id = descriptor.id;
  await test.host.startProvider({ descriptor, provider: new RecordingProvider() });
});

describe("starting a provider", () => {
  it("twice under one link name fails, under another it does not", async () => {
    const descriptor = { ...(await newDescriptor(CONTRACT)), id };
    await expect(
      test.host.startProvider({ descriptor, provider: new RecordingProvider() }),
    ).rejects.toMatchObject({
      code: "provider.already_running",
      message: `Cannot start already running provider ${id}`,
    });
    await test.host.startProvider({ descriptor, provider: new RecordingProvider(), linkName: "second" });
    expect((await test.host.describe()).providers.map(({ linkName }) => linkName)).toEqual([
      "default",
      "default",
      "second",
    ]);
  });

  it("under a blank link name starts it under the default one", async () => {
    const descriptor = await newDescriptor(CONTRACT);
    await test.host.startProvider({ descriptor, provider: new RecordingProvider(), linkName: "  " });
    expect((await test.host.describe()).providers.at(-1)).toMatchObject({
      id: descriptor.id,
      linkName: "default",
    });
  });

  it("with a bad key or link name fails, and nothing is left", async () => {
    const start = { descriptor: { ...MEMORY_KEYVALUE_PROVIDER }, provider: new MemoryKeyValueProvider() };
    await expect(test.host.startProvider({ ...start, linkName: "a.b" })).rejects.toMatchObject({
      code: "link.invalid",
    });
    await expect(
      test.host.startProvider({ ...start, descriptor: { ...start.descriptor, id: "VA" } }),
    ).rejects.toMatchObject({ code: "keys.invalid" });
    expect((await test.host.describe()).providers).toHaveLength(2);
  });

  it("that fails to take its dispatcher leaves nothing", async () => {
    const broken = new RecordingProvider();
    broken.configureDispatch = () => {
      throw new Error("broken");
    };
    const descriptor = await newDescriptor(CONTRACT);
    await expect(test.host.startProvider({ descriptor, provider: broken })).rejects.toThrow("broken");
    expect((await test.host.describe()).providers).toHaveLength(2);
    await test.host.startProvider({ descriptor, provider: new RecordingProvider() });
  });

  it("that is built in can be stopped like any other", async () => {
    const [extras] = (await test.host.describe()).providers;
    await test.host.stopProvider(extras?.id ?? "", "default");
    expect((await test.host.describe()).providers.map((each) => each.id)).toEqual([id]);
  });
});

it("the extras serve an actor that is linked to them, in both generations", async () => {
  const { key } = await test.start("extras");
  const [extras] = (await test.host.describe()).providers;
  await test.host.setLink({
    actorId: key,
    providerId: extras?.id ?? "",
    contractId: "wasmcloud:extras",
    linkName: "default",
    values: {},
  });
  const http = { method: "GET", path: "/", queryString: "", header: {}, body: new Uint8Array(0) };
  const { body } = decode(await test.call(key, "HandleRequest", http)) as { body: Uint8Array };
  expect(JSON.parse(Buffer.from(body).toString())).toEqual({
    guid: expect.stringMatching(/^[0-9a-f-]{36}$/),
    random: expect.any(Number),
    sequence: 0,
  });
  expect(decode(await test.call(key, "Modern"))).toMatchObject({ sequence: 1 });
});
