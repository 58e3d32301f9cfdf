import type { CapabilityProvider } from "../../../src/providers/index.ts";
import { type Demand, refused, same } from "./demand.ts";
import { LinkedActors } from "./linked-actor.ts";

/** Makes an empty provider of `wasmcloud:keyvalue`. */
export type OpenKeyValue = (options: {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Items of a list or set. */
  readonly maxItems: number;
}) => Promise<CapabilityProvider>;

class Store {
  readonly actors: LinkedActors;
  readonly #clock: { now: number };

  private constructor(provider: CapabilityProvider, clock: { now: number }) {
    this.actors = new LinkedActors(provider);
    this.#clock = clock;
  }

  static async open(open: OpenKeyValue): Promise<Store> {
    const clock = { now: 1_000_000 };
    const store = new Store(await open({ now: () => clock.now, maxItems: 8 }), clock);
    for (const actor of ["MA", "MB"]) await store.actors.link({}, actor);
    return store;
  }

  pass(ms: number): void {
    this.#clock.now += ms;
  }

  ask(operation: string, request: unknown, actor?: string): Promise<unknown> {
    return this.actors.ask(operation, request, actor);
  }

  set(key: string, value: string, expires = 0): Promise<unknown> {
    return this.ask("Set", { key, value, expires });
  }

  get(key: string): Promise<unknown> {
    return this.ask("Get", { key });
  }

  async fill(operation: "Push" | "SetAdd", key: string, values: string): Promise<void> {
    for (const value of values) await this.ask(operation, { key, value });
  }

  range(key: string, start = 0, stop = -1): Promise<unknown> {
    return this.ask("Range", { key, start, stop });
  }
}

const WRONG_KIND = "WRONGTYPE Operation against a key holding the wrong kind of value";
const NO_INTEGER = "ERR value is not an integer or out of range";
const ABSENT = { value: "", exists: false };

const demand = (title: string, run: (store: Store) => Promise<void>): Demand<OpenKeyValue> => ({
  title,
  run: async (open) => {
    const store = await Store.open(open);
    try {
      await run(store);
    } finally {
      await store.actors.provider.stop();
    }
  },
});

const values: readonly Demand<OpenKeyValue>[] = [
  demand("values are set, echoed, read, and reported as absent where there are none", async (store) => {
    same(await store.get("k"), ABSENT);
    same(await store.set("k", "v"), { value: "v" });
    same(await store.get("k"), { value: "v", exists: true });
    same(await store.ask("KeyExists", { key: "k" }), { value: "", exists: true });
    same(await store.ask("KeyExists", { key: "other" }), ABSENT);
  }),
  ...["Del", "Clear"].map((operation) =>
    demand(`${operation} names the key, whether it was there or not`, async (store) => {
      await store.set("k", "v");
      same(await store.ask(operation, { key: "k" }), { key: "k" });
      same(await store.get("k"), ABSENT);
      same(await store.ask(operation, { key: "k" }), { key: "k" });
      same(await store.set("k", "again"), { value: "again" });
      same(await store.get("k"), { value: "again", exists: true });
    }),
  ),
  demand("values are shared by all actors", async (store) => {
    await store.ask("Add", { key: "k", value: 2 }, "MA");
    same(await store.ask("Add", { key: "k", value: 3 }, "MB"), { value: 5 });
  }),
  demand("keys may be empty, long, of any alphabet, and names that objects have", async (store) => {
    const keys = [
      "",
      "__proto__",
      "constructor",
      "ключ",
      "a/b",
      "a%2fb",
      "../x",
      "#",
      "=",
      "a b",
      "a.b.",
      "*",
      ">",
    ];
    keys.push("k".repeat(5_000), `${"k".repeat(4_999)}l`, "é".repeat(300));
    for (const key of keys) await store.set(key, `value of ${key}`);
    for (const key of keys) same(await store.get(key), { value: `value of ${key}`, exists: true });
    for (const key of keys) await store.ask("Del", { key });
    for (const key of keys) same(await store.get(key), ABSENT);
  }),
  demand("values may be empty, and of any alphabet", async (store) => {
    for (const value of ["", "\0", "значение 🙂", "x".repeat(100_000)]) {
      await store.set("k", value);
      same(await store.get("k"), { value, exists: true });
    }
  }),
];

const counting: readonly Demand<OpenKeyValue>[] = [
  demand("counting starts at 0, goes up and down, and can be read as text", async (store) => {
    same(await store.ask("Add", { key: "n", value: 5 }), { value: 5 });
    same(await store.ask("Add", { key: "n", value: -7 }), { value: -2 });
    same(await store.get("n"), { value: "-2", exists: true });
  }),
  demand("counting goes on from a number that was set", async (store) => {
    await store.set("n", "41");
    same(await store.ask("Add", { key: "n", value: 1 }), { value: 42 });
  }),
  demand("counting refuses a value that is no integer, and keeps it", async (store) => {
    for (const value of ["abc", "", "1.5", "1e3", " 1", "99999999999"]) {
      await store.set("n", value);
      await refused(store.ask("Add", { key: "n", value: 1 }), "provider.failure", NO_INTEGER);
      same(await store.get("n"), { value, exists: true });
    }
  }),
  demand("counting refuses to leave 32 bits, and keeps the number", async (store) => {
    await store.set("n", "2147483647");
    await refused(store.ask("Add", { key: "n", value: 1 }), "provider.failure", "increment would overflow");
    same(await store.ask("Add", { key: "n", value: 0 }), { value: 2147483647 });
    await store.set("m", "-2147483648");
    await refused(store.ask("Add", { key: "m", value: -1 }), "provider.failure", "increment would overflow");
  }),
  demand("counting at one time loses nothing, and answers each number once", async (store) => {
    const adds = Array.from({ length: 50 }, () => store.ask("Add", { key: "n", value: 1 }));
    const answers = (await Promise.all(adds)) as { value: number }[];
    const numbers = answers.map(({ value }) => value).sort((a, b) => a - b);
    same(
      numbers,
      Array.from({ length: 50 }, (_, index) => index + 1),
    );
    same(await store.get("n"), { value: "50", exists: true });
  }),
];

const lists: readonly Demand<OpenKeyValue>[] = [
  demand("lists take items at the head and answer the new length", async (store) => {
    same(await store.ask("Push", { key: "l", value: "a" }), { newCount: 1 });
    same(await store.ask("Push", { key: "l", value: "b" }), { newCount: 2 });
    same(await store.range("l", 0, 0), { values: ["b"] });
  }),
  demand("lists are read from one place to another, both included", async (store) => {
    await store.fill("Push", "l", "edcba");
    const expected: readonly [number, number, string][] = [
      [0, -1, "abcde"],
      [0, 1, "ab"],
      [1, 3, "bcd"],
      [-2, -1, "de"],
      [-100, 1, "ab"],
      [3, 100, "de"],
      [0, -2, "abcd"],
      [2, 2, "c"],
      [3, 2, ""],
      [5, 9, ""],
      [-1, -2, ""],
      [0, -100, ""],
    ];
    for (const [start, stop, items] of expected) {
      same([start, stop, await store.range("l", start, stop)], [start, stop, { values: [...items] }]);
    }
    same(await store.range("none"), { values: [] });
  }),
  demand("lists lose all equal items, and answer how many", async (store) => {
    await store.fill("Push", "l", "abcbd");
    same(await store.ask("ListItemDelete", { key: "l", value: "b" }), { newCount: 2 });
    same(await store.ask("ListItemDelete", { key: "l", value: "b" }), { newCount: 0 });
    same(await store.range("l"), { values: ["d", "c", "a"] });
  }),
  demand("lists that are empty do not exist", async (store) => {
    await store.fill("Push", "l", "ab");
    for (const value of "ab") await store.ask("ListItemDelete", { key: "l", value });
    same(await store.ask("KeyExists", { key: "l" }), ABSENT);
    same(await store.ask("SetAdd", { key: "l", value: "now a set" }), { new_count: 1 });
  }),
  demand("lists and sets hold only so many items", async (store) => {
    await store.fill("Push", "l", "12345678");
    await store.fill("SetAdd", "s", "12345678");
    const full = "A list or set of this store holds at most 8 items";
    await refused(store.ask("Push", { key: "l", value: "9" }), "provider.failure", full);
    await refused(store.ask("SetAdd", { key: "s", value: "9" }), "provider.failure", full);
    same(await store.ask("SetAdd", { key: "s", value: "1" }), { new_count: 0 });
    same(await store.range("l", 0, 1), { values: ["8", "7"] });
  }),
];

const sets: readonly Demand<OpenKeyValue>[] = [
  demand("sets hold each item once, and answer how many were added or removed", async (store) => {
    await store.fill("SetAdd", "s", "abc");
    same(await store.ask("SetAdd", { key: "s", value: "a" }), { new_count: 0 });
    same(await store.ask("SetAdd", { key: "s", value: "x" }), { new_count: 1 });
    same(await store.ask("SetRemove", { key: "s", value: "x" }), { new_count: 1 });
    same(await store.ask("SetRemove", { key: "s", value: "x" }), { new_count: 0 });
    same(await store.ask("SetQuery", { key: "s" }), { values: ["a", "b", "c"] });
  }),
  demand("sets are united and intersected, missing ones counting as empty", async (store) => {
    await store.fill("SetAdd", "s", "abc");
    await store.fill("SetAdd", "t", "bcd");
    const ask = (operation: string, keys: string[]): Promise<unknown> => store.ask(operation, { keys });
    same(await ask("SetUnion", ["s", "t", "none"]), { values: ["a", "b", "c", "d"] });
    same(await ask("SetIntersection", ["s", "t"]), { values: ["b", "c"] });
    same(await ask("SetIntersection", ["s", "s"]), { values: ["a", "b", "c"] });
    same(await ask("SetUnion", Array(1_000).fill("s")), { values: ["a", "b", "c"] });
    same(await ask("SetIntersection", ["s", "none"]), { values: [] });
    same(await ask("SetIntersection", ["s"]), { values: ["a", "b", "c"] });
    for (const operation of ["SetUnion", "SetIntersection"]) same(await ask(operation, []), { values: [] });
  }),
  demand("sets that are empty or unknown have no members and do not exist", async (store) => {
    await store.fill("SetAdd", "s", "ab");
    for (const value of "ab") await store.ask("SetRemove", { key: "s", value });
    same(await store.ask("KeyExists", { key: "s" }), ABSENT);
    same(await store.ask("SetQuery", { key: "none" }), { values: [] });
    same(await store.ask("SetRemove", { key: "none", value: "x" }), { new_count: 0 });
    same(await store.ask("KeyExists", { key: "none" }), ABSENT);
  }),
];

const kinds: readonly Demand<OpenKeyValue>[] = [
  demand("a key of the wrong kind is refused", async (store) => {
    await store.set("text", "v");
    await store.fill("Push", "list", "v");
    await store.fill("SetAdd", "set", "v");
    const item = { value: "v" };
    const wrong: readonly [string, string, object][] = [
      ["Add", "list", { value: 1 }],
      ["Add", "set", { value: 1 }],
      ["Push", "text", item],
      ["Push", "set", item],
      ["Range", "text", { start: 0, stop: 1 }],
      ["ListItemDelete", "set", item],
      ["SetAdd", "text", item],
      ["SetAdd", "list", item],
      ["SetRemove", "list", item],
      ["SetQuery", "text", {}],
    ];
    for (const [operation, key, rest] of wrong) {
      await refused(store.ask(operation, { key, ...rest }), "provider.failure", WRONG_KIND);
    }
    await refused(store.ask("SetUnion", { keys: ["set", "text"] }), "provider.failure", WRONG_KIND);
    await refused(store.ask("SetIntersection", { keys: ["set", "list"] }), "provider.failure", WRONG_KIND);
  }),
  demand("a list counts as absent for Get, exists, and is replaced by Set", async (store) => {
    await store.fill("Push", "k", "v");
    same(await store.get("k"), ABSENT);
    same(await store.ask("KeyExists", { key: "k" }), { value: "", exists: true });
    await store.set("k", "text");
    same(await store.get("k"), { value: "text", exists: true });
  }),
];

const expiry: readonly Demand<OpenKeyValue>[] = [
  demand("a value that expires is there until its seconds have passed, and not after", async (store) => {
    await store.set("k", "v", 2);
    store.pass(1_999);
    same(await store.get("k"), { value: "v", exists: true });
    store.pass(1);
    same(await store.get("k"), ABSENT);
    same(await store.ask("KeyExists", { key: "k" }), ABSENT);
  }),
  demand("a value never expires for 0 or less, nor after it was set again without", async (store) => {
    await store.set("zero", "v", 0);
    await store.set("less", "v", -5);
    await store.set("again", "v", 1);
    await store.set("again", "v", 0);
    store.pass(1e12);
    for (const key of ["zero", "less", "again"]) same(await store.get(key), { value: "v", exists: true });
  }),
  demand("a number keeps its time when it is counted, and starts anew at 0 afterwards", async (store) => {
    await store.set("n", "10", 1);
    store.pass(500);
    same(await store.ask("Add", { key: "n", value: 1 }), { value: 11 });
    store.pass(500);
    same(await store.ask("Add", { key: "n", value: 1 }), { value: 1 });
    store.pass(1e9);
    same(await store.ask("Add", { key: "n", value: 1 }), { value: 2 });
  }),
  demand("a value that has expired gives way to another kind", async (store) => {
    await store.set("k", "v", 1);
    store.pass(1_000);
    same(await store.ask("Push", { key: "k", value: "item" }), { newCount: 1 });
    store.pass(1e9);
    same(await store.range("k"), { values: ["item"] });
  }),
];

const requests: readonly Demand<OpenKeyValue>[] = [
  demand("requests by position are understood in the order of the interface", async (store) => {
    same(await store.ask("Set", ["k", "7", 0]), { value: "7" });
    same(await store.ask("Add", ["k", 3]), { value: 10 });
    same(await store.ask("Get", ["k"]), { value: "10", exists: true });
  }),
  demand("requests that cannot be read change nothing", async (store) => {
    await refused(store.ask("Add", ["k"]), "provider.bad_request", /^Failed to de-serialize: /);
    await refused(store.ask("Set", { key: "k", value: 5, expires: 0 }), "provider.bad_request");
    same(await store.ask("KeyExists", ["k"]), ABSENT);
  }),
  demand("unknown operations are a bad dispatch", async (store) => {
    await refused(store.ask("get", { key: "k" }), "provider.unknown_operation", "bad dispatch");
  }),
  demand("links and health checks are answered as often as they come", async (store) => {
    for (let round = 0; round < 2; round++) await store.actors.link();
    same(await store.ask("HealthRequest", { placeholder: true }, "system"), { healthy: true, message: "" });
    for (let round = 0; round < 2; round++) await store.actors.unlink();
  }),
];

/** What every provider of `wasmcloud:keyvalue` must do. */
export const keyValueDemands: readonly Demand<OpenKeyValue>[] = [
  ...values,
  ...counting,
  ...lists,
  ...sets,
  ...kinds,
  ...expiry,
  ...requests,
];
