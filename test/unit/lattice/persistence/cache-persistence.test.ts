import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { HostError } from "../../../../src/errors/index.ts";
import {
  CachePersistence,
  type CachePersistenceOptions,
  LatticeCache,
} from "../../../../src/lattice/index.ts";
import { MemoryStore, type StoreChange } from "../../../../src/storage/index.ts";
import { Counters, Logger, RingBufferSink } from "../../../../src/telemetry/index.ts";
import { contentsOf } from "../../../lattice/cache-contents.ts";
import { actorKey, claimsOf, linkOf } from "../cache-entries.ts";

const PREFIX = "cache/default/";
const DAY = 24 * 3_600_000;

let store: MemoryStore;
let counters: Counters;
let log: RingBufferSink;
const open: CachePersistence[] = [];
beforeEach(() => {
  store = new MemoryStore();
  counters = new Counters();
  log = new RingBufferSink();
});
afterEach(async () => {
  for (const persistence of open.splice(0)) await persistence.close();
});

/** A tab: a cache, kept in the store of this test. */
async function tab(
  options: Partial<CachePersistenceOptions> = {},
): Promise<{ readonly cache: LatticeCache; readonly persistence: CachePersistence }> {
  const cache = options.cache ?? new LatticeCache();
  const logger = new Logger([log]);
  const persistence = await CachePersistence.open({ store, counters, logger, ...options, cache });
  open.push(persistence);
  return { cache, persistence };
}

/** What the next run knows. */
async function restored(): Promise<LatticeCache> {
  const { cache, persistence } = await tab();
  await persistence.close();
  return cache;
}

function fill(cache: LatticeCache, n: number): void {
  cache.putClaims(claimsOf(n), "verified");
  cache.putLink(linkOf(n));
  cache.claimAlias(`alias/${n}`, actorKey(n));
  cache.putReference(`registry/actor:${n}`, actorKey(n));
}

describe("a cache that is kept", () => {
  test("knows everything again in the next run, by cause of being restored", async () => {
    const first = await tab();
    for (let n = 0; n < 5_000; n++) fill(first.cache, n);
    await first.persistence.close();
    const cache = new LatticeCache();
    const causes = new Set<string>();
    cache.onChange((_change, cause) => causes.add(cause));
    await tab({ cache });
    expect(contentsOf(cache)).toEqual(contentsOf(first.cache));
    expect(contentsOf(cache)).toHaveLength(20_000);
    expect([...causes]).toEqual(["restored"]);
    expect(log.records()).toEqual([]);
  });

  test("knows its claims as announced only", async () => {
    const first = await tab();
    first.cache.putClaims(claimsOf(1), "verified");
    await first.persistence.close();
    const cache = await restored();
    expect(cache.putClaims(claimsOf(1, { revision: 9 }), "announced")).toBe(true);
  });

  test("does not know what was removed, changed or taken over meanwhile", async () => {
    const first = await tab();
    for (const n of [1, 2]) fill(first.cache, n);
    await first.persistence.flush();
    const { actorId, contractId, linkName } = linkOf(1);
    first.cache.removeLink(actorId, contractId, linkName);
    first.cache.putLink(linkOf(2, { values: { changed: "yes" } }), "replicated");
    first.cache.claimAlias("alias/1", actorKey(9), "replicated");
    await first.persistence.flush();
    first.cache.putLink(linkOf(3));
    first.cache.removeLink(linkOf(3).actorId, contractId, linkName);
    await first.persistence.close();
    const cache = await restored();
    expect(contentsOf(cache)).toEqual(contentsOf(first.cache));
    expect(cache.allLinks().map(({ values }) => ({ ...values }))).toEqual([{ changed: "yes" }]);
  });

  test("is written soon after a change, without being asked", async () => {
    const { cache } = await tab({ writeDelayMs: 1 });
    fill(cache, 1);
    await vi.waitFor(async () => expect(await store.list(PREFIX)).toHaveLength(1));
    expect(contentsOf(await restored())).toEqual(contentsOf(cache));
  });

  test("is not written again for being restored", async () => {
    const first = await tab();
    fill(first.cache, 1);
    await first.persistence.close();
    const before = await store.list("");
    await restored();
    expect(await store.list("")).toEqual(before);
  });

  test("is kept for each lattice apart", async () => {
    const other = await tab({ namespace: "other" });
    fill(other.cache, 1);
    await other.persistence.close();
    expect(contentsOf(await restored())).toEqual([]);
    expect(contentsOf((await tab({ namespace: "other" })).cache)).toHaveLength(4);
  });

  test("is not written after it is closed", async () => {
    const { cache, persistence } = await tab();
    await persistence.close();
    fill(cache, 1);
    await persistence.flush();
    await persistence.close();
    expect(await store.list("")).toEqual([]);
  });

  test("keeps values that objects have by themselves", async () => {
    const first = await tab();
    const values = Object.assign(Object.create(null), { ["__proto__"]: "x", constructor: "y" });
    first.cache.putLink(linkOf(1, { values }));
    await first.persistence.close();
    const [link] = (await restored()).allLinks();
    expect(Object.entries(link?.values ?? {})).toEqual([
      ["__proto__", "x"],
      ["constructor", "y"],
    ]);
  });
});

describe("several tabs with one store", () => {
  test("keep what each of them writes, whoever is first or last", async () => {
    const tabs = await Promise.all([tab(), tab(), tab()]);
    for (let n = 0; n < 300; n++) {
      const { cache, persistence } = tabs[n % 3] ?? (await tab());
      fill(cache, n);
      if (n % 7 === 0) await persistence.flush();
    }
    await Promise.all(tabs.map(({ persistence }) => persistence.close()));
    expect(contentsOf(await restored())).toHaveLength(1_200);
    expect(log.records()).toEqual([]);
  });

  test("let the later change count, also against what another tab knew before", async () => {
    let now = 1_000;
    const [a, b] = [await tab({ now: () => now }), await tab({ now: () => now })];
    a.cache.putLink(linkOf(1, { values: { from: "a" } }));
    now++;
    b.cache.putLink(linkOf(1, { values: { from: "b" } }));
    b.cache.putLink(linkOf(2));
    now++;
    const { actorId, contractId, linkName } = linkOf(2);
    a.cache.putLink(linkOf(2));
    a.cache.removeLink(actorId, contractId, linkName);
    await b.persistence.close();
    await a.persistence.close();
    const cache = await restored();
    expect(cache.allLinks().map(({ values }) => ({ ...values }))).toEqual([{ from: "b" }]);
  });

  test("let the later change count even if the clock was set back", async () => {
    const first = await tab({ now: () => 2_000_000 });
    first.cache.putLink(linkOf(1, { values: { n: "1" } }));
    await first.persistence.close();
    const second = await tab({ now: () => 1_000_000 });
    second.cache.putLink(linkOf(1, { values: { n: "2" } }));
    await second.persistence.close();
    expect((await restored()).allLinks().map(({ values }) => ({ ...values }))).toEqual([{ n: "2" }]);
  });
});

describe("the number of segments", () => {
  test("stays small, and tidying loses nothing while others write", async () => {
    const [a, b] = [await tab(), await tab()];
    for (let n = 0; n < 150; n++) {
      const { cache, persistence } = n % 2 === 0 ? a : b;
      fill(cache, n);
      await persistence.flush();
    }
    await vi.waitFor(async () => expect((await store.list(PREFIX)).length).toBeLessThan(64));
    await Promise.all([a.persistence.close(), b.persistence.close()]);
    expect(contentsOf(await restored())).toHaveLength(600);
    expect(log.records()).toEqual([]);
  });

  test("and of superseded entries stays in proportion", async () => {
    const { cache, persistence } = await tab();
    for (let round = 0; round < 40; round++) {
      for (let n = 0; n < 1_000; n++) cache.putLink(linkOf(n, { values: { round: `${round}` } }));
      await persistence.flush();
    }
    await persistence.close();
    const stored = (await store.list(PREFIX)).map((key) => Number.parseInt(key.slice(PREFIX.length), 10));
    expect(stored.reduce((sum, count) => sum + count)).toBeLessThan(40_000);
    expect(contentsOf(await restored())).toEqual(contentsOf(cache));
  });

  test("shrinks at the start where too much is superseded; what others write meanwhile stays", async () => {
    const first = await tab();
    for (let round = 0; round < 14; round++) {
      for (let n = 0; n < 1_000; n++) first.cache.putLink(linkOf(n, { values: { round: `${round}` } }));
      await first.persistence.flush();
    }
    await first.persistence.close();
    const second = await tab();
    const third = await tab();
    fill(third.cache, 5_000);
    await third.persistence.flush();
    await vi.waitFor(async () => expect((await store.list(PREFIX)).length).toBeLessThan(4));
    await second.persistence.close();
    expect(contentsOf(await restored())).toHaveLength(1_004);
  });

  test("removals are forgotten after a week, with what they removed", async () => {
    let now = DAY;
    const first = await tab({ now: () => now });
    for (let round = 0; round < 12; round++) {
      for (let n = 0; n < 1_000; n++) first.cache.putLink(linkOf(n, { values: { round: `${round}` } }));
      await first.persistence.flush();
    }
    for (const { actorId, contractId, linkName } of first.cache.allLinks()) {
      first.cache.removeLink(actorId, contractId, linkName);
    }
    first.cache.claimAlias("kept", actorKey(1));
    await first.persistence.close();
    now += 6 * DAY;
    const second = await tab({ now: () => now });
    await vi.waitFor(async () => expect((await store.list(PREFIX)).length).toBe(1));
    await second.persistence.close();
    const counts = async (): Promise<string[]> =>
      (await store.list(PREFIX)).map((key) => key.slice(PREFIX.length).split("-")[0] ?? "");
    expect(await counts()).toEqual(["1001"]);
    expect(contentsOf(second.cache)).toHaveLength(1);
  });
});

describe("a segment that is damaged", () => {
  const { encode } = new TextEncoder();
  const text = (value: unknown): Uint8Array => encode.call(new TextEncoder(), JSON.stringify(value));
  test.each<[string, Uint8Array]>([
    ["no JSON", encode.call(new TextEncoder(), '{"version":1,"entries":[["secret')],
    ["no UTF-8", new Uint8Array([0xff, 0xfe, 0x00])],
    ["empty", new Uint8Array(0)],
    ["no object", text(null)],
    ["without a version", text({ entries: [] })],
    ["without entries", text({ version: 1 })],
    ["with an entry that is none", text({ version: 1, entries: [["a", 1, "x", "y"], 7] })],
    ["with an entry of an unknown kind", text({ version: 1, entries: [["toString", 1, "x", "y"]] })],
    ["with an entry without a time", text({ version: 1, entries: [["a", "1", "x", "y"]] })],
    ["with an entry without a name", text({ version: 1, entries: [["l", 1, "x", "y"]] })],
  ])("is passed over, counted and logged: %s", async (_what, damaged) => {
    const first = await tab();
    fill(first.cache, 1);
    await first.persistence.close();
    await store.set(`${PREFIX}1-x-0`, damaged);
    await store.set(`${PREFIX}1-x-1`, damaged);
    expect(contentsOf(await restored())).toEqual(contentsOf(first.cache));
    expect(counters.get("lattice.cache_segment_damaged")).toBe(2);
    expect(log.records()).toHaveLength(1);
    expect(log.records()[0]?.message).not.toContain("secret");
  });

  test("in one entry costs only that entry", async () => {
    const entries = [
      ["c", 1, actorKey(1), { jti: "x" }],
      ["c", 1, actorKey(2), { jti: "", iat: 0, iss: "", sub: "other", wascap: { hash: "" } }],
      ["l", 1, actorKey(1), "contract", "bad name", "V", {}],
      ["l", 1, actorKey(1), "contract", "default", "V", { a: 1 }],
      ["a", 1, "alias", "nobody"],
      ["a", 1, "shadow:ing", actorKey(1)],
      ["r", 1, "ref", "nobody"],
      ["a", 1, "good", actorKey(1)],
    ];
    await store.set(`${PREFIX}8-x-0`, text({ version: 1, entries }));
    expect(contentsOf(await restored())).toEqual([`alias good ${actorKey(1)}`]);
    expect(counters.get("lattice.cache_entry_invalid")).toBe(6);
  });

  test("is none if a later version wrote it: it stays", async () => {
    await store.set(`${PREFIX}1-x-0`, text({ version: 2, things: [] }));
    const { cache, persistence } = await tab();
    for (let n = 0; n < 40; n++) {
      fill(cache, n);
      await persistence.flush();
    }
    await persistence.close();
    expect(await store.list(`${PREFIX}1-x`)).toHaveLength(1);
    expect(counters.get("lattice.cache_segment_damaged")).toBe(0);
  });
});

/** A store that fails as it is told to: a real one does not on demand. */
class FailingStore extends MemoryStore {
  failure: HostError | undefined;
  batches = 0;

  override async batch(changes: readonly StoreChange[]): Promise<void> {
    this.batches++;
    if (this.failure !== undefined) throw this.failure;
    await super.batch(changes);
  }

  override async list(prefix: string): Promise<string[]> {
    if (this.failure !== undefined) throw this.failure;
    return super.list(prefix);
  }
}

describe("a store that fails", () => {
  const full = new HostError("storage.quota", "The browser has no room left for this site");

  test("does no harm, is told once, and gets everything when it works again", async () => {
    const failing = new FailingStore();
    failing.failure = full;
    const { cache, persistence } = await tab({ store: failing });
    fill(cache, 1);
    await persistence.flush();
    fill(cache, 2);
    await persistence.flush();
    expect(failing.batches).toBe(2);
    expect(counters.get("lattice.cache_not_restored")).toBe(1);
    expect(counters.get("lattice.cache_not_stored")).toBe(2);
    expect(log.records()).toHaveLength(2);
    failing.failure = undefined;
    await persistence.close();
    const again = await tab({ store: failing });
    expect(contentsOf(again.cache)).toEqual(contentsOf(cache));
  });

  test("is tried again by itself", async () => {
    vi.useFakeTimers();
    try {
      const failing = new FailingStore();
      const { cache, persistence } = await tab({ store: failing });
      failing.failure = full;
      fill(cache, 1);
      await vi.advanceTimersByTimeAsync(250);
      expect(failing.batches).toBe(1);
      await vi.advanceTimersByTimeAsync(1_000);
      expect(failing.batches).toBe(2);
      await vi.advanceTimersByTimeAsync(1_999);
      expect(failing.batches).toBe(2);
      failing.failure = undefined;
      await vi.advanceTimersByTimeAsync(1);
      expect(failing.batches).toBe(3);
      await persistence.close();
      expect(await failing.list(PREFIX)).toHaveLength(1);
      expect(vi.getTimerCount()).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });

  test("keeps only so many changes waiting", async () => {
    const failing = new FailingStore();
    const { cache, persistence } = await tab({ store: failing, maxPending: 10 });
    failing.failure = full;
    for (let n = 0; n < 25; n++) cache.claimAlias(`alias/${n}`, actorKey(n));
    expect(counters.get("lattice.cache_unstored_dropped")).toBe(15);
    failing.failure = undefined;
    await persistence.close();
    expect(contentsOf((await tab({ store: failing })).cache)).toHaveLength(10);
  });
});

test("a cache that is full restores as much as it has room for", async () => {
  const first = await tab();
  for (let n = 0; n < 10; n++) fill(first.cache, n);
  await first.persistence.close();
  const { cache } = await tab({ cache: new LatticeCache(3) });
  expect(contentsOf(cache)).toHaveLength(12);
});
