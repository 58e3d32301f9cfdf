import { describe, expect, it } from "vitest";
import { HostBuilder, MemoryStore, type Store } from "../../../src/index.ts";
import { testActor } from "../../support/actors.ts";
import { startTestHost } from "../../support/node-host.ts";
import { useThreads } from "../actors/threads.ts";

const threads = useThreads();
const counter = testActor("kvcounter").key;
const KEYVALUE = "weblattice:keyvalue-memory";

function hostWith(store: Store) {
  return startTestHost({ configure: (builder) => builder.withStore(store) });
}

describe("a host with a store", () => {
  it("knows after a restart what it knew before: links, claims, aliases, references", async () => {
    const store = new MemoryStore();
    const first = await hostWith(store);
    await first.start("ponger", { reference: "registry.example.com/ponger:1" });
    await first.start("kvcounter");
    await first.host.startProviderFrom(KEYVALUE);
    const providerId = first.host.builtInProviders.find(({ name }) => name === KEYVALUE)?.descriptor.id ?? "";
    const link = { actorId: counter, providerId, contractId: "wasmcloud:keyvalue", linkName: "default" };
    await first.host.setLink({ ...link, values: { COLOUR: "blue" } });
    await first.host.stop();

    const second = await hostWith(store);
    const { links, actors, providers } = await second.host.describe();
    expect([actors, providers.length]).toEqual([[], 1]);
    expect(links).toEqual([
      { ...link, values: { COLOUR: "blue" }, state: "waiting", reason: expect.any(String) },
    ]);
    expect(
      second.host
        .knownClaims()
        .map(({ subject }) => subject)
        .sort(),
    ).toEqual([counter, testActor("ponger").key].sort());
    await second.start("kvcounter");
    await second.host.startProviderFrom(KEYVALUE);
    expect((await second.host.describe()).links).toMatchObject([{ state: "bound" }]);
    await expect(second.host.stopActor("registry.example.com/ponger:1")).rejects.toMatchObject({
      details: { actor: testActor("ponger").key },
    });
  });

  it("forgets a removed link for good", async () => {
    const store = new MemoryStore();
    const first = await hostWith(store);
    const link = { actorId: counter, contractId: "wasmcloud:keyvalue", linkName: "default" };
    const [{ descriptor } = { descriptor: { id: "" } }] = first.host.builtInProviders;
    await first.host.setLink({ ...link, providerId: descriptor.id, values: {} });
    await first.host.removeLink(link.actorId, link.contractId, link.linkName);
    await first.host.stop();
    expect((await (await hostWith(store)).host.describe()).links).toEqual([]);
  });

  it("stopped while it reads its store leaves nothing behind", async () => {
    const builder = new HostBuilder().withActorRuntime(threads.current.runtime()).withLogSinks();
    const host = builder.withStore(new MemoryStore()).build();
    const starting = host.start();
    await host.stop();
    await expect(starting).rejects.toMatchObject({ code: "host.stopped" });
  });

  it("runs on where the store fails, and says so", async () => {
    const failing: Store = {
      get: () => Promise.reject(new Error("no disk")),
      set: () => Promise.reject(new Error("no disk")),
      delete: () => Promise.reject(new Error("no disk")),
      list: () => Promise.reject(new Error("no disk")),
      batch: () => Promise.reject(new Error("no disk")),
    };
    const { host, log, start } = await hostWith(failing);
    await start("echo");
    await host.stop();
    expect(log.records().some(({ level, message }) => level !== "debug" && message.includes("no disk"))).toBe(
      true,
    );
  });
});
