import { describe, expect, it } from "vitest";
import { HostError } from "../../../src/index.ts";
import { newDescriptor, RecordingProvider } from "../providers/recording-provider.ts";
import { boundLink, CONTRACT, COUNTER } from "./link-setting.ts";

const BIND = ["BindActor", expect.objectContaining({ module: COUNTER })];
const REMOVE = ["RemoveActor", { module: COUNTER, values: {} }];

describe("removing a link", () => {
  it("tells the provider, without values, and forgets the link", async () => {
    const { call, events, provider, removeLink, links } = await boundLink();
    await removeLink();
    expect(provider.links).toEqual([BIND, REMOVE]);
    expect(await links()).toEqual([]);
    expect(events.at(-1)).toMatchObject({ type: "link_removed", link: { actorId: COUNTER } });
    await expect(call(COUNTER, "Count")).rejects.toThrow("was not found as an actor public key");
  });

  it("twice fails with the text of the protocol", async () => {
    const { provider, removeLink } = await boundLink();
    await removeLink();
    await expect(removeLink()).rejects.toMatchObject({
      code: "link.not_found",
      message: "Attempted to remove non-existent link.",
    });
    expect(provider.links).toHaveLength(2);
  });

  it("of a provider that fails forgets it all the same, and logs why", async () => {
    const { log, provider, removeLink, links } = await boundLink();
    provider.onCore = () => {
      throw new HostError("provider.failure", "stuck");
    };
    await removeLink();
    expect(await links()).toEqual([]);
    expect(log.records()).toContainEqual(
      expect.objectContaining({
        level: "warn",
        message: "Provider failed to handle remove actor message: stuck",
      }),
    );
  });

  it("while it is being told is done in order", async () => {
    const { provider, setLink, removeLink } = await boundLink();
    let release: () => void = () => undefined;
    provider.onCore = () =>
      new Promise<void>((resolve) => {
        release = resolve;
      });
    const set = setLink({ values: { URL: "there" } });
    while (provider.links.length < 2) await new Promise((resolve) => setTimeout(resolve, 1));
    const removed = removeLink();
    expect(provider.links).toEqual([BIND, BIND]);
    provider.onCore = () => undefined;
    release();
    await Promise.all([set, removed]);
    expect(provider.links).toEqual([BIND, BIND, REMOVE]);
  });

  it("and setting it again tells the provider again", async () => {
    const { provider, setLink, removeLink } = await boundLink();
    await removeLink();
    await setLink({ values: {} });
    expect(provider.links).toEqual([BIND, REMOVE, BIND]);
  });
});

describe("stopping a provider", () => {
  it("tells it of every actor that was bound, then stops it, and keeps the link", async () => {
    const { host, call, events, descriptor, provider, links } = await boundLink();
    await host.stopProvider(descriptor.id, "default");
    expect(provider.links).toEqual([BIND, REMOVE]);
    expect(provider.stops).toBe(1);
    expect(await links()).toMatchObject([{ state: "waiting" }]);
    expect(events.at(-1)).toMatchObject({
      type: "provider_stopped",
      provider: descriptor.id,
      linkName: "default",
    });
    await expect(call(COUNTER, "Count")).rejects.toThrow("No local bus subscribers found");
  });

  it("twice, or one that never ran, fails", async () => {
    const { host, descriptor } = await boundLink();
    await host.stopProvider(descriptor.id, "default");
    for (const name of ["default", "other"]) {
      await expect(host.stopProvider(descriptor.id, name)).rejects.toMatchObject({
        code: "provider.not_running",
        message: `Provider ${descriptor.id}/${name} is not running on this host`,
      });
    }
  });

  it("and starting it again binds the actor again", async () => {
    const { host, descriptor } = await boundLink();
    await host.stopProvider(descriptor.id, "default");
    const again = new RecordingProvider();
    await host.startProvider({
      descriptor: { ...(await newDescriptor(CONTRACT)), id: descriptor.id },
      provider: again,
    });
    expect(again.links).toEqual([BIND]);
  });
});

describe("stopping an actor", () => {
  it("leaves it bound, and starting it again does not tell the provider twice", async () => {
    const { host, start, provider, links } = await boundLink();
    await host.stopActor(COUNTER);
    expect(provider.links).toEqual([BIND]);
    await start("kvcounter");
    expect(provider.links).toEqual([BIND]);
    expect(await links()).toMatchObject([{ state: "bound" }]);
  });
});
