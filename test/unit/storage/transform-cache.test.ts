import { setTimeout } from "node:timers/promises";
import { describe, expect, it, vi } from "vitest";
import { HostError } from "../../../src/errors/index.ts";
import {
  MemoryStore,
  type Store,
  TransformCache,
  type TransformCacheOptions,
} from "../../../src/storage/index.ts";
import { Logger, RingBufferSink } from "../../../src/telemetry/index.ts";

const INPUT = Uint8Array.of(1, 2, 3);

function cacheOn(store: Store, options: Partial<TransformCacheOptions> = {}) {
  const lines = new RingBufferSink();
  const cache = new TransformCache({
    store,
    log: new Logger([lines]),
    name: "double",
    version: "1",
    ...options,
  });
  return { cache, warnings: () => lines.records().filter(({ level }) => level === "warn") };
}

const double = () => vi.fn(async (input: Uint8Array) => input.map((byte) => byte * 2));

/** Asks a cache several times; what is asked for is made only when all have asked. */
async function askTogether<T>(
  times: number,
  ask: (released: Promise<void>) => Promise<T>,
): Promise<PromiseSettledResult<T>[]> {
  const digests = vi.spyOn(crypto.subtle, "digest");
  let release = (): void => undefined;
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  const asked = Array.from({ length: times }, () => ask(released));
  await Promise.all(digests.mock.results.map(({ value }) => value));
  await setTimeout(0);
  digests.mockRestore();
  release();
  return Promise.allSettled(asked);
}

/** A store whose methods fail. */
function failing(...methods: (keyof Store)[]): Store {
  const store = new MemoryStore();
  for (const method of methods) {
    vi.spyOn(store, method).mockRejectedValue(new HostError("storage.quota", "full") as never);
  }
  return store;
}

describe("a cache of transformations", () => {
  it("makes the output once, also for another cache on the same store", async () => {
    const store = new MemoryStore();
    const make = double();
    expect(await cacheOn(store).cache.get(INPUT, make)).toEqual(Uint8Array.of(2, 4, 6));
    expect(await cacheOn(store).cache.get(INPUT, make)).toEqual(Uint8Array.of(2, 4, 6));
    expect(make).toHaveBeenCalledTimes(1);
  });

  it("shares one run among all who ask at the same time", async () => {
    const { cache } = cacheOn(new MemoryStore());
    const make = double();
    const outputs = await askTogether(10, (released) =>
      cache.get(INPUT, (input) => released.then(() => make(input))),
    );
    expect(make).toHaveBeenCalledTimes(1);
    expect(new Set(outputs.map((output) => output.status === "fulfilled" && output.value)).size).toBe(1);
  });

  it("tells inputs, names and versions apart, and forgets other versions", async () => {
    const store = new MemoryStore();
    const make = double();
    await cacheOn(store).cache.get(INPUT, make);
    await cacheOn(store).cache.get(Uint8Array.of(9), make);
    await cacheOn(store, { name: "other" }).cache.get(INPUT, make);
    expect(make).toHaveBeenCalledTimes(3);
    await cacheOn(store, { version: "2" }).cache.get(INPUT, make);
    expect(make).toHaveBeenCalledTimes(4);
    const kept = await store.list("transform/");
    expect(kept.map((key) => key.split("/").slice(1, 3).join(" "))).toEqual(["double 2", "other 1"]);
  });

  it("keeps only so many outputs", async () => {
    const store = new MemoryStore();
    const { cache } = cacheOn(store, { maxEntries: 3 });
    for (let input = 0; input < 10; input++) await cache.get(Uint8Array.of(input), double());
    expect(await store.list("transform/")).toHaveLength(3);
  });

  it.each([
    ["cut short", (value: Uint8Array) => value.subarray(0, 20)],
    ["changed", (value: Uint8Array) => value.with(-1, 99)],
    ["emptied", () => new Uint8Array(0)],
  ])("makes an output again that was %s in the store", async (_, damage) => {
    const store = new MemoryStore();
    const { cache, warnings } = cacheOn(store);
    const make = double();
    await cache.get(INPUT, make);
    const [key = ""] = await store.list("");
    await store.set(key, damage((await store.get(key)) ?? new Uint8Array(0)));
    expect(await cache.get(INPUT, make)).toEqual(Uint8Array.of(2, 4, 6));
    expect(warnings()).toHaveLength(1);
    expect(await cacheOn(store).cache.get(INPUT, make)).toEqual(Uint8Array.of(2, 4, 6));
    expect(make).toHaveBeenCalledTimes(2);
  });

  it("does not take one entry for another", async () => {
    const store = new MemoryStore();
    const { cache } = cacheOn(store);
    await cache.get(Uint8Array.of(1), double());
    await cache.get(Uint8Array.of(2), double());
    const [first = "", second = ""] = await store.list("");
    await store.set(first, (await store.get(second)) ?? new Uint8Array(0));
    expect(await cache.get(Uint8Array.of(1), double())).toEqual(Uint8Array.of(2));
    expect(await cache.get(Uint8Array.of(2), double())).toEqual(Uint8Array.of(4));
  });

  it.each([
    ["reading", ["get"]],
    ["writing", ["batch"]],
    ["everything", ["get", "batch", "list"]],
  ] as const)("works without the store when %s fails, and says so", async (_, methods) => {
    const { cache, warnings } = cacheOn(failing(...methods));
    expect(await cache.get(INPUT, double())).toEqual(Uint8Array.of(2, 4, 6));
    expect(warnings().length).toBeGreaterThan(0);
    expect(warnings()[0]?.fields).toMatchObject({ reason: "full" });
  });

  it("hands on the failure of a transformation and tries again the next time", async () => {
    const { cache } = cacheOn(new MemoryStore());
    const make = vi.fn().mockRejectedValueOnce(new HostError("module.not_suspendable", "no"));
    make.mockResolvedValue(Uint8Array.of(5));
    const both = await askTogether(2, (released) => cache.get(INPUT, () => released.then(make)));
    expect(both.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    expect(await cache.get(INPUT, make)).toEqual(Uint8Array.of(5));
    expect(make).toHaveBeenCalledTimes(2);
  });
});
