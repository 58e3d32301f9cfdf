import { checkKey, MAX_KEY_LENGTH, type Store } from "../../src/storage/index.ts";

/** One demand on every {@link Store}. Runs in any environment: it needs no test framework, and throws where it fails. */
export interface StoreDemand {
  readonly title: string;
  /** @param open - makes a store that is empty, or opens the one of a name again. */
  run(open: (name?: string) => Promise<Store>): Promise<void>;
}

const bytes = (...values: number[]): Uint8Array<ArrayBuffer> => Uint8Array.from(values);

function same(actual: unknown, expected: unknown): void {
  const text = (value: unknown): string =>
    JSON.stringify(value, (_, part) => (part instanceof Uint8Array ? `bytes ${part.join()}` : part)) ??
    "undefined";
  if (text(actual) !== text(expected)) throw new Error(`expected ${text(expected)}, got ${text(actual)}`);
}

async function refused(work: Promise<unknown>, code: string): Promise<void> {
  const outcome = await work.then(
    () => "no error",
    (error: { code?: string }) => error.code ?? String(error),
  );
  same(outcome, code);
}

/** What every store must do; run by each adapter's tests. */
export const storeDemands: readonly StoreDemand[] = [
  {
    title: "a key without a value has none",
    run: async (open) => same(await (await open()).get("a"), undefined),
  },
  {
    title: "a value comes back as it was set, and can be set again",
    run: async (open) => {
      const store = await open();
      await store.set("a", bytes(1, 2, 255));
      same(await store.get("a"), bytes(1, 2, 255));
      await store.set("a", bytes(7));
      same(await store.get("a"), bytes(7));
      await store.set("empty", bytes());
      same(await store.get("empty"), bytes());
    },
  },
  {
    title: "what a caller does to its bytes changes nothing in the store",
    run: async (open) => {
      const store = await open();
      const value = bytes(1, 2, 3);
      const written = store.set("a", value);
      await written;
      value.fill(0);
      const read = await store.get("a");
      read?.fill(9);
      same(await store.get("a"), bytes(1, 2, 3));
    },
  },
  {
    title: "a view keeps its own bytes only",
    run: async (open) => {
      const store = await open();
      await store.set("a", new Uint8Array(1_000).fill(5).subarray(10, 13));
      const value = await store.get("a");
      same(value, bytes(5, 5, 5));
      same(value?.buffer.byteLength, 3);
    },
  },
  {
    title: "large values come back whole",
    run: async (open) => {
      const store = await open();
      const value = new Uint8Array(3 * 1024 * 1024).map((_, index) => index * 31);
      await store.set("large", value);
      const read = await store.get("large");
      same(read?.length, value.length);
      same(
        read?.every((byte, index) => byte === value[index]),
        true,
      );
    },
  },
  {
    title: "a deleted key has no value, and deleting twice is fine",
    run: async (open) => {
      const store = await open();
      await store.set("a", bytes(1));
      await store.delete("a");
      await store.delete("a");
      same(await store.get("a"), undefined);
      same(await store.list(""), []);
    },
  },
  {
    title: "keys are listed by prefix, in order",
    run: async (open) => {
      const store = await open();
      for (const key of ["b/2", "a", "b/10", "b", "B/1", "b/1~", "b/1 ", "c", "b0"])
        await store.set(key, bytes(0));
      same(await store.list("b/"), ["b/1 ", "b/10", "b/1~", "b/2"]);
      same(await store.list("b/1"), ["b/1 ", "b/10", "b/1~"]);
      same(await store.list("x"), []);
      same(await store.list(""), ["B/1", "a", "b", "b/1 ", "b/10", "b/1~", "b/2", "b0", "c"]);
    },
  },
  {
    title: "a batch makes all its changes, the last one for a key counts",
    run: async (open) => {
      const store = await open();
      await store.set("old", bytes(1));
      await store.batch([
        { key: "old", value: undefined },
        { key: "new", value: bytes(1) },
        { key: "new", value: bytes(2) },
        { key: "gone", value: bytes(1) },
        { key: "gone", value: undefined },
        { key: "back", value: undefined },
        { key: "back", value: bytes(3) },
      ]);
      same(await store.list(""), ["back", "new"]);
      same(await store.get("new"), bytes(2));
      await store.batch([]);
    },
  },
  {
    title: "a batch that is refused makes no change at all",
    run: async (open) => {
      const store = await open();
      await store.set("a", bytes(1));
      const changes = [
        { key: "a", value: undefined },
        { key: "b", value: bytes(2) },
        { key: "", value: bytes(3) },
      ];
      await refused(store.batch(changes), "input.invalid");
      same(await store.list(""), ["a"]);
    },
  },
  {
    title: "changes that overlap do not mix",
    run: async (open) => {
      const store = await open();
      const round = (value: number) =>
        store.batch(Array.from({ length: 20 }, (_, key) => ({ key: `k${key}`, value: bytes(value) })));
      await Promise.all(Array.from({ length: 10 }, (_, value) => round(value)));
      const values = await Promise.all((await store.list("k")).map((key) => store.get(key)));
      same(values.length, 20);
      same(new Set(values.map((value) => value?.[0])).size, 1);
    },
  },
  {
    title: "keys are printable ASCII of limited length",
    run: async (open) => {
      const store = await open();
      const longest = "k".repeat(MAX_KEY_LENGTH);
      checkKey(longest);
      await store.set(longest, bytes(1));
      same(await store.get(longest), bytes(1));
      for (const key of ["", `${longest}k`, "é", "a\n", "\u007f"]) {
        await refused(store.get(key), "input.invalid");
        await refused(store.set(key, bytes(1)), "input.invalid");
        await refused(store.delete(key), "input.invalid");
      }
      await refused(store.list("é"), "input.invalid");
      same(await store.list(""), [longest]);
    },
  },
  {
    title: "names that objects have are keys like others",
    run: async (open) => {
      const store = await open();
      for (const key of ["__proto__", "constructor", "toString"]) {
        same(await store.get(key), undefined);
        await store.set(key, bytes(1));
        same(await store.get(key), bytes(1));
      }
      same(await store.list("__"), ["__proto__"]);
    },
  },
];

/** What a store that outlives its process must do, too. */
export const lastingStoreDemands: readonly StoreDemand[] = [
  {
    title: "what was set is there when the store is opened again",
    run: async (open) => {
      await (await open("lasting")).set("a", bytes(4));
      same(await (await open("lasting")).get("a"), bytes(4));
    },
  },
  {
    title: "stores of different names have nothing in common",
    run: async (open) => {
      await (await open("one")).set("a", bytes(1));
      same(await (await open("other")).get("a"), undefined);
    },
  },
];
