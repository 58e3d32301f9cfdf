import { beforeEach, describe, expect, it } from "vitest";
import { HostError } from "../../../src/index.ts";
import { testActor } from "../../support/actors.ts";
import { startTestHost, type TestHost } from "../../support/node-host.ts";
import { newDescriptor, RecordingProvider } from "../providers/recording-provider.ts";

const CONTRACT = "wasmcloud:keyvalue";
const { key: COUNTER } = testActor("kvcounter");
const BIND = ["BindActor", expect.objectContaining({ module: COUNTER })];
const REMOVE = ["RemoveActor", { module: COUNTER, values: {} }];

let test: TestHost;
let provider: RecordingProvider;
let id: string;
beforeEach(async () => {
  test = await startTestHost();
  provider = new RecordingProvider();
  const descriptor = await newDescriptor(CONTRACT);
  id = descriptor.id;
  await test.start("kvcounter");
  await test.host.startProvider({ descriptor, provider });
  await test.host.setLink({
    actorId: COUNTER,
    providerId: id,
    contractId: CONTRACT,
    linkName: "default",
    values: { URL: "x" },
  });
});

const remove = (): Promise<void> => test.host.removeLink(COUNTER, CONTRACT, "default");

describe("removing a link", () => {
  it("tells the provider, without values, and forgets the link", async () => {
    await remove();
    expect(provider.links).toEqual([BIND, REMOVE]);
    expect((await test.host.describe()).links).toEqual([]);
    expect(test.events.at(-1)).toMatchObject({ type: "link_removed", link: { actorId: COUNTER } });
    await expect(test.call(COUNTER, "Count")).rejects.toThrow("was not found as an actor public key");
  });

  it("twice fails with the text of the protocol", async () => {
    await remove();
    await expect(remove()).rejects.toMatchObject({
      code: "link.not_found",
      message: "Attempted to remove non-existent link.",
    });
    expect(provider.links).toHaveLength(2);
  });

  it("of a provider that fails forgets it all the same, and logs why", async () => {
    provider.onCore = () => {
      throw new HostError("provider.failure", "stuck");
    };
    await remove();
    expect((await test.host.describe()).links).toEqual([]);
    expect(test.log.records()).toContainEqual(
      expect.objectContaining({
        level: "warn",
        message: "Provider failed to handle remove actor message: stuck",
      }),
    );
  });

  it("while it is being told is done in order", async () => {
    let release: () => void = () => undefined;
    provider.onCore = () =>
      new Promise<void>((resolve) => {
        release = resolve;
      });
    const set = test.host.setLink({
      actorId: COUNTER,
      providerId: id,
      contractId: CONTRACT,
      linkName: "default",
      values: { URL: "y" },
    });
    while (provider.links.length < 2) await new Promise((resolve) => setTimeout(resolve, 1));
    const removed = remove();
    expect(provider.links).toEqual([BIND, BIND]);
    provider.onCore = () => undefined;
    release();
    await Promise.all([set, removed]);
    expect(provider.links).toEqual([BIND, BIND, REMOVE]);
  });

  it("and setting it again tells the provider again", async () => {
    await remove();
    await test.host.setLink({
      actorId: COUNTER,
      providerId: id,
      contractId: CONTRACT,
      linkName: "default",
      values: {},
    });
    expect(provider.links).toEqual([BIND, REMOVE, BIND]);
  });
});

describe("stopping a provider", () => {
  it("tells it of every actor that was bound, then stops it, and keeps the link", async () => {
    await test.host.stopProvider(id, "default");
    expect(provider.links).toEqual([BIND, REMOVE]);
    expect(provider.stops).toBe(1);
    expect((await test.host.describe()).links).toMatchObject([{ state: "waiting" }]);
    expect(test.events.at(-1)).toMatchObject({ type: "provider_stopped", provider: id, linkName: "default" });
    await expect(test.call(COUNTER, "Count")).rejects.toThrow("No local bus subscribers found");
  });

  it("twice, or one that never ran, fails", async () => {
    await test.host.stopProvider(id, "default");
    for (const name of ["default", "other"]) {
      await expect(test.host.stopProvider(id, name)).rejects.toMatchObject({
        code: "provider.not_running",
        message: `Provider ${id}/${name} is not running on this host`,
      });
    }
  });

  it("and starting it again binds the actor again", async () => {
    await test.host.stopProvider(id, "default");
    const again = new RecordingProvider();
    await test.host.startProvider({
      descriptor: { ...(await newDescriptor(CONTRACT)), id },
      provider: again,
    });
    expect(again.links).toEqual([BIND]);
  });
});

describe("stopping an actor", () => {
  it("leaves it bound, and starting it again does not tell the provider twice", async () => {
    await test.host.stopActor(COUNTER);
    expect(provider.links).toEqual([BIND]);
    await test.start("kvcounter");
    expect(provider.links).toEqual([BIND]);
    expect((await test.host.describe()).links).toMatchObject([{ state: "bound" }]);
  });
});
