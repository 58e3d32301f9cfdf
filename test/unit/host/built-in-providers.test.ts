import { decode } from "@msgpack/msgpack";
import { describe, expect, it } from "vitest";
import { nodeGraphWorkerScript } from "../../../node/build/node-worker.ts";
import { threadGraphWorker } from "../../../node/index.ts";
import {
  BUILT_IN_PROVIDERS,
  type BuiltInProvider,
  Counters,
  Logger,
  MemoryStore,
  type Store,
} from "../../../src/index.ts";
import { LinkedActors } from "../../conformance/providers/linked-actor.ts";
import { testActor } from "../../support/actors.ts";
import { startTestHost, type TestHost } from "../../support/node-host.ts";

const counter = testActor("kvcounter").key;

/** Workers for graphs as `npm run host` makes them, and a front that has no requests. */
const services = {
  startGraphWorker: threadGraphWorker({ script: nodeGraphWorkerScript }),
  httpFront: { base: "/http", update: () => undefined },
};

function hostWith(store?: Store): Promise<TestHost> {
  return startTestHost({
    configure: (builder) =>
      store === undefined ? builder : builder.withStore(store).withProviderServices(services),
  });
}

describe("the providers that a host can make itself", () => {
  it("are started by name or key, each under its own key", async () => {
    const { host } = await hostWith(new MemoryStore());
    expect(host.builtInProviders).toEqual(BUILT_IN_PROVIDERS);
    for (const { name } of host.builtInProviders) await host.startProviderFrom(name);
    for (const { descriptor } of host.builtInProviders) await host.startProviderFrom(descriptor.id, "second");
    const { providers } = await host.describe();
    expect(providers.filter(({ onLattice }) => onLattice)).toHaveLength(2 * BUILT_IN_PROVIDERS.length);
    expect(new Set(providers.map(({ id }) => id)).size).toBe(BUILT_IN_PROVIDERS.length + 1);
    expect(providers.every(({ health }) => health.state === "running")).toBe(true);
  });

  it("lose nothing where two of one kind work on one store", async () => {
    const store = new MemoryStore();
    const own = BUILT_IN_PROVIDERS.find(({ name }) => name === "weblattice:keyvalue");
    const sink = { logSinks: [], logger: new Logger([], "test"), counters: new Counters(), now: Date.now };
    const both = [own, own].map(
      (kind) => new LinkedActors((kind as BuiltInProvider).make({ ...sink, store })),
    );
    const add = (actors: LinkedActors): Promise<unknown> => actors.ask("Add", { key: "n", value: 1 });
    await Promise.all(Array.from({ length: 20 }, () => both.map(add)).flat());
    expect(await both[0]?.ask("Get", { key: "n" })).toEqual({ value: "40", exists: true });
  });

  it("are offered without those that need what the host has not, and it says so", async () => {
    const { host } = await hostWith();
    const names = host.builtInProviders.map(({ name }) => name);
    expect(names).toContain("weblattice:keyvalue-memory");
    expect(names).not.toContain("weblattice:keyvalue");
    expect(names).not.toContain("weblattice:httpserver");
    await expect(host.startProviderFrom("weblattice:keyvalue")).rejects.toMatchObject({
      code: "provider.not_found",
      message: expect.stringContaining(
        "is not offered by this host: it needs a store, and the host has none",
      ),
      hint: expect.stringContaining("weblattice:keyvalue-memory"),
    });
    await expect(host.startProviderFrom("weblattice:graphdb")).rejects.toMatchObject({
      code: "provider.not_found",
      message: expect.stringContaining("its engine needs a worker of its own"),
    });
    await expect(host.startProviderFrom("weblattice:httpserver")).rejects.toMatchObject({
      code: "provider.not_found",
      message: expect.stringContaining("nothing hands HTTP requests to this host"),
    });
    await expect(host.startProviderFrom("weblattice:nothing")).rejects.toThrow(
      "Provider weblattice:nothing not found on disk or in registry",
    );
  });

  it("keep in the host's store what outlives it", async () => {
    const store = new MemoryStore();
    const counts: unknown[] = [];
    for (let run = 0; run < 2; run++) {
      const { host, start, call } = await hostWith(store);
      await start("kvcounter");
      await host.startProviderFrom("weblattice:keyvalue");
      const provider = (await host.describe()).providers.at(-1);
      await host.setLink({
        actorId: counter,
        providerId: provider?.id ?? "",
        contractId: "wasmcloud:keyvalue",
        linkName: "default",
        values: {},
      });
      counts.push(decode(await call(counter, "Count")));
      await host.stop();
    }
    expect(counts).toEqual([{ counter: 1 }, { counter: 2 }]);
  });
});
