import { describe, expect, it } from "vitest";
import { KeyValueProvider, StoreRecords, type StoreRecordsOptions } from "../../../src/providers/index.ts";
import { MemoryStore, type Store, type StoreChange } from "../../../src/storage/index.ts";
import { rows } from "../../conformance/providers/demand.ts";
import { keyValueDemands } from "../../conformance/providers/keyvalue.ts";
import { LinkedActors } from "../../conformance/providers/linked-actor.ts";

describe("the key-value provider on a store, like every one", () => {
  it.each(rows(keyValueDemands))("%s", async (_, demand) => {
    await demand.run(async (options) => {
      const records = new StoreRecords({ store: new MemoryStore(), now: options.now });
      return new KeyValueProvider({ records, ...options });
    });
  });
});

/** A store that tells of its changes, and can be slow or broken. */
class WatchedStore extends MemoryStore {
  readonly batches: StoreChange[][] = [];
  failure: Error | undefined;
  reads = 0;

  override get(key: string): ReturnType<Store["get"]> {
    this.reads++;
    return super.get(key);
  }

  override async batch(changes: readonly StoreChange[]): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve));
    if (this.failure !== undefined) throw this.failure;
    await super.batch(changes);
    this.batches.push([...changes]);
  }
}

let now = 1_000_000;
function onStore(store: Store, options: Partial<StoreRecordsOptions> = {}): LinkedActors {
  const records = new StoreRecords({ store, now: () => now, ...options });
  return new LinkedActors(new KeyValueProvider({ records, now: () => now, maxBytes: 10_000 }));
}

describe("the key-value provider on a store", () => {
  it("keeps values beyond its own life", async () => {
    const store = new MemoryStore();
    const first = onStore(store);
    await first.ask("Push", { key: "l", value: "a" });
    await first.provider.stop();
    expect(await onStore(store).ask("Push", { key: "l", value: "b" })).toEqual({ newCount: 2 });
  });

  it.each(["SetUnion", "SetIntersection"])(
    "reads so many bytes for a %s, and each key once",
    async (operation) => {
      const store = new WatchedStore();
      const records = new StoreRecords({ store });
      const { ask } = bound(new LinkedActors(new KeyValueProvider({ records, maxReadBytes: 2_500 })));
      const keys = Array.from({ length: 40 }, (_, index) => `s${index}`);
      for (const key of keys) await ask("SetAdd", { key, value: "x".repeat(1_000) });
      store.reads = 0;
      const often = [...Array(500).fill("s0"), ...Array(500).fill("s1")];
      expect(await ask(operation, { keys: often })).toEqual({ values: ["x".repeat(1_000)] });
      expect(store.reads).toBe(2);
      await expect(ask(operation, { keys })).rejects.toMatchObject({
        code: "input.too_large",
        message: "These keys hold more than 2500 bytes together",
      });
      expect(store.reads).toBeLessThan(20);
    },
  );

  it("makes every change in one batch, so that a killed tab leaves all of it or nothing", async () => {
    const store = new WatchedStore();
    const { ask } = bound(onStore(store));
    await ask("Set", { key: "k", value: "1", expires: 5 });
    await ask("Add", { key: "k", value: 1 });
    await ask("Del", { key: "k" });
    await ask("SetAdd", { key: "s", value: "a" });
    await ask("SetAdd", { key: "s", value: "a" });
    await ask("Get", { key: "s" });
    expect(store.batches.length).toBe(4);
    expect(await store.list("")).toEqual(["keyvalue/v/s"]);
  });

  it("loses none of the counts that were acknowledged when it ends in the middle", async () => {
    const store = new WatchedStore();
    const actors = onStore(store);
    let acknowledged = 0;
    const adds = Array.from({ length: 200 }, async () => {
      await actors.ask("Add", { key: "n", value: 1 });
      if (store.failure === undefined) acknowledged++;
      if (acknowledged === 100) store.failure = new Error("the tab is gone");
    });
    await Promise.allSettled(adds);
    store.failure = undefined;
    const { value } = (await onStore(store).ask("Get", { key: "n" })) as { value: string };
    expect(acknowledged).toBe(100);
    expect(Number(value) - acknowledged).toBeGreaterThanOrEqual(0);
    expect(Number(value) - acknowledged).toBeLessThanOrEqual(1);
  });

  it("counts right beside another provider of the same store, if they share a lock", async () => {
    const store = new WatchedStore();
    const tails = new Map<string, Promise<unknown>>();
    const lock = <T>(name: string, work: () => Promise<T>): Promise<T> => {
      const done = (tails.get(name) ?? Promise.resolve()).then(work);
      tails.set(
        name,
        done.catch(() => undefined),
      );
      return done;
    };
    const tabs = [onStore(store, { lock }), onStore(store, { lock })];
    await Promise.all(
      Array.from({ length: 40 }, (_, index) => tabs[index % 2]?.ask("Add", { key: "n", value: 1 })),
    );
    expect(await tabs[0]?.ask("Get", { key: "n" })).toEqual({ value: "40", exists: true });
  });

  it("does not make one key wait for another", async () => {
    const store = new WatchedStore();
    const slow = store.batch.bind(store);
    let letGo = (): void => undefined;
    const gate = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    store.batch = async (changes) => {
      if (changes[0]?.key.endsWith("slow")) await gate;
      await slow(changes);
    };
    const actors = onStore(store);
    const waiting = actors.ask("Add", { key: "slow", value: 1 });
    expect(await actors.ask("Add", { key: "fast", value: 1 })).toEqual({ value: 1 });
    letGo();
    expect(await waiting).toEqual({ value: 1 });
  });

  it("removes what has expired and is never read, and keeps what was set anew", async () => {
    const store = new MemoryStore();
    const actors = onStore(store);
    await actors.ask("Set", { key: "gone", value: "v", expires: 1 });
    await actors.ask("Set", { key: "kept", value: "v", expires: 1 });
    await actors.ask("Set", { key: "kept", value: "v", expires: 1_000 });
    now += 120_000;
    await actors.ask("Set", { key: "other", value: "v", expires: 0 });
    await actors.provider.stop();
    const keys = await store.list("");
    expect(keys.filter((key) => key.includes("/v/"))).toEqual(["keyvalue/v/kept", "keyvalue/v/other"]);
    expect(keys.filter((key) => key.includes("/x/")).length).toBe(1);
  });

  it("tells the actor that the store is full or broken, and keeps what it has", async () => {
    const store = new MemoryStore({ maxBytes: 300 });
    const actors = onStore(store);
    await actors.ask("Set", { key: "k", value: "old", expires: 0 });
    await expect(actors.ask("Set", { key: "k", value: "x".repeat(400), expires: 0 })).rejects.toMatchObject({
      code: "storage.quota",
    });
    await expect(
      actors.ask("Set", { key: "k", value: "x".repeat(10_001), expires: 0 }),
    ).rejects.toMatchObject({
      code: "storage.quota",
      message: "A key of this store holds at most 10000 bytes",
    });
    expect(await actors.ask("Get", { key: "k" })).toEqual({ value: "old", exists: true });
  });

  it.each([[Uint8Array.of(0xc1)], [Uint8Array.of()], [Uint8Array.of(0x93, 1, 2, 3)]])(
    "says that a record is damaged, and lets it be set anew: %o",
    async (damaged) => {
      const store = new MemoryStore();
      const actors = onStore(store);
      await store.set("keyvalue/v/k", damaged);
      await expect(actors.ask("Get", { key: "k" })).rejects.toMatchObject({ code: "storage.failed" });
      await expect(actors.ask("Add", { key: "k", value: 1 })).rejects.toMatchObject({
        code: "storage.failed",
      });
      await actors.ask("Set", { key: "k", value: "new", expires: 0 });
      expect(await actors.ask("Get", { key: "k" })).toEqual({ value: "new", exists: true });
    },
  );

  it("does not take the record of one key for that of another", async () => {
    const store = new MemoryStore();
    const actors = onStore(store);
    await actors.ask("Set", { key: "a", value: "1", expires: 0 });
    await store.set("keyvalue/v/b", (await store.get("keyvalue/v/a")) ?? new Uint8Array(0));
    await expect(actors.ask("Get", { key: "b" })).rejects.toMatchObject({ code: "storage.failed" });
  });

  it("refuses more operations than may wait", async () => {
    const actors = onStore(new WatchedStore(), { maxWaiting: 3 });
    const adds = await Promise.allSettled(
      Array.from({ length: 5 }, () => actors.ask("Add", { key: "n", value: 1 })),
    );
    expect(adds.filter(({ status }) => status === "rejected")).toMatchObject([
      { reason: { code: "provider.overloaded" } },
      { reason: { code: "provider.overloaded" } },
    ]);
  });
});

function bound(actors: LinkedActors): { ask: LinkedActors["ask"] } {
  return { ask: (...call) => actors.ask(...call) };
}
