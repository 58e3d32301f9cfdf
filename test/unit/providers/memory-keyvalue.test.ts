import { beforeEach, describe, expect, it } from "vitest";
import { MEMORY_KEYVALUE_PROVIDER } from "../../../src/providers/index.ts";
import { newStore, type Store, WRONG_KIND } from "./store.ts";

let store: Store;
beforeEach(() => {
  store = newStore();
});
const ask: Store["ask"] = (operation, request, actor) => store.ask(operation, request, actor);
const set = (key: string, value: string, expires = 0): Promise<unknown> =>
  ask("Set", { key, value, expires });

it("the provider says who it is", () => {
  expect(MEMORY_KEYVALUE_PROVIDER).toMatchObject({ contractId: "wasmcloud:keyvalue", vendor: "weblattice" });
});

describe("values", () => {
  it("are set, echoed, read, and reported as absent where there are none", async () => {
    expect(await ask("Get", { key: "k" })).toEqual({ value: "", exists: false });
    expect(await set("k", "v")).toEqual({ value: "v" });
    expect(await ask("Get", { key: "k" })).toEqual({ value: "v", exists: true });
    expect(await ask("KeyExists", { key: "k" })).toEqual({ value: "", exists: true });
    expect(await ask("KeyExists", { key: "other" })).toEqual({ value: "", exists: false });
  });

  it.each(["Del", "Clear"])(
    "go with %s, which names the key whether it was there or not",
    async (operation) => {
      await set("k", "v");
      expect(await ask(operation, { key: "k" })).toEqual({ key: "k" });
      expect(await ask("Get", { key: "k" })).toEqual({ value: "", exists: false });
      expect(await ask(operation, { key: "k" })).toEqual({ key: "k" });
    },
  );

  it("are shared by all actors", async () => {
    await ask("Add", { key: "k", value: 2 }, "MA");
    expect(await ask("Add", { key: "k", value: 3 }, "MB")).toEqual({ value: 5 });
  });

  it("may be empty, of any alphabet, and under names that objects have by themselves", async () => {
    for (const key of ["", "__proto__", "ключ"]) {
      await set(key, `value of ${key}`);
      expect(await ask("Get", { key })).toEqual({ value: `value of ${key}`, exists: true });
    }
  });

  it("are gone when the provider stops, which may be twice", async () => {
    await set("k", "v");
    await store.provider.stop();
    await store.provider.stop();
    expect(await ask("Get", { key: "k" })).toEqual({ value: "", exists: false });
  });
});

describe("counting", () => {
  it("starts at 0, goes up and down, and can be read as text", async () => {
    expect(await ask("Add", { key: "n", value: 5 })).toEqual({ value: 5 });
    expect(await ask("Add", { key: "n", value: -7 })).toEqual({ value: -2 });
    expect(await ask("Get", { key: "n" })).toEqual({ value: "-2", exists: true });
  });

  it("goes on from a number that was set", async () => {
    await set("n", "41");
    expect(await ask("Add", { key: "n", value: 1 })).toEqual({ value: 42 });
  });

  it.each(["abc", "", "1.5", "1e3", " 1", "99999999999"])(
    "refuses a value that is no integer: %j",
    async (value) => {
      await set("n", value);
      await expect(ask("Add", { key: "n", value: 1 })).rejects.toMatchObject({
        code: "provider.failure",
        message: "ERR value is not an integer or out of range",
      });
    },
  );

  it("refuses to leave 32 bits, and keeps the number", async () => {
    await set("n", "2147483647");
    await expect(ask("Add", { key: "n", value: 1 })).rejects.toThrow("increment would overflow");
    expect(await ask("Add", { key: "n", value: 0 })).toEqual({ value: 2147483647 });
    await set("m", "-2147483648");
    await expect(ask("Add", { key: "m", value: -1 })).rejects.toThrow("increment would overflow");
  });
});

describe("lists", () => {
  beforeEach(async () => {
    for (const value of ["e", "d", "c", "b", "a"]) await ask("Push", { key: "l", value });
  });
  const range = (start: number, stop: number): Promise<unknown> => ask("Range", { key: "l", start, stop });

  it("take items at the head and answer the new length", async () => {
    expect(await ask("Push", { key: "l", value: "z" })).toEqual({ newCount: 6 });
    expect(await range(0, 0)).toEqual({ values: ["z"] });
  });

  it.each([
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
  ])("are read from %i to %i, both inclusive", async (start, stop, items) => {
    expect(await range(start, stop)).toEqual({ values: [...items] });
  });

  it("lose all equal items, and answer how many", async () => {
    await ask("Push", { key: "l", value: "c" });
    expect(await ask("ListItemDelete", { key: "l", value: "c" })).toEqual({ newCount: 2 });
    expect(await ask("ListItemDelete", { key: "l", value: "c" })).toEqual({ newCount: 0 });
    expect(await range(0, -1)).toEqual({ values: ["a", "b", "d", "e"] });
  });

  it("that are empty do not exist", async () => {
    for (const value of "abcde") await ask("ListItemDelete", { key: "l", value });
    expect(await ask("KeyExists", { key: "l" })).toEqual({ value: "", exists: false });
    expect(await range(0, -1)).toEqual({ values: [] });
    expect(await ask("SetAdd", { key: "l", value: "now a set" })).toEqual({ new_count: 1 });
  });
});

describe("sets", () => {
  beforeEach(async () => {
    for (const value of "abc") await ask("SetAdd", { key: "s", value });
    for (const value of "bcd") await ask("SetAdd", { key: "t", value });
  });

  it("hold each item once, and answer how many were added or removed", async () => {
    expect(await ask("SetAdd", { key: "s", value: "a" })).toEqual({ new_count: 0 });
    expect(await ask("SetAdd", { key: "s", value: "x" })).toEqual({ new_count: 1 });
    expect(await ask("SetRemove", { key: "s", value: "x" })).toEqual({ new_count: 1 });
    expect(await ask("SetRemove", { key: "s", value: "x" })).toEqual({ new_count: 0 });
    expect(await ask("SetQuery", { key: "s" })).toEqual({ values: ["a", "b", "c"] });
  });

  it("are united and intersected, missing ones counting as empty", async () => {
    expect(await ask("SetUnion", { keys: ["s", "t", "none"] })).toEqual({ values: ["a", "b", "c", "d"] });
    expect(await ask("SetIntersection", { keys: ["s", "t"] })).toEqual({ values: ["b", "c"] });
    expect(await ask("SetIntersection", { keys: ["s", "none"] })).toEqual({ values: [] });
    expect(await ask("SetIntersection", { keys: ["s"] })).toEqual({ values: ["a", "b", "c"] });
    for (const operation of ["SetUnion", "SetIntersection"]) {
      expect(await ask(operation, { keys: [] })).toEqual({ values: [] });
    }
  });

  it("that are empty or unknown have no members and do not exist", async () => {
    for (const value of "abc") await ask("SetRemove", { key: "s", value });
    expect(await ask("KeyExists", { key: "s" })).toMatchObject({ exists: false });
    expect(await ask("SetQuery", { key: "none" })).toEqual({ values: [] });
    expect(await ask("SetRemove", { key: "none", value: "x" })).toEqual({ new_count: 0 });
    expect(await ask("KeyExists", { key: "none" })).toMatchObject({ exists: false });
  });
});

describe("a key of the wrong kind", () => {
  const item = { value: "v" };
  it.each([
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
  ])("is refused: %s on a %s", async (operation, key, rest) => {
    await set("text", "v");
    await ask("Push", { key: "list", value: "v" });
    await ask("SetAdd", { key: "set", value: "v" });
    await expect(ask(operation, { key, ...rest })).rejects.toMatchObject({
      code: "provider.failure",
      message: WRONG_KIND,
    });
    await expect(ask("SetUnion", { keys: ["set", "text"] })).rejects.toThrow(WRONG_KIND);
    await expect(ask("SetIntersection", { keys: ["set", "list"] })).rejects.toThrow(WRONG_KIND);
  });

  it("counts as absent for Get, exists, and is replaced by Set", async () => {
    await ask("Push", { key: "k", value: "v" });
    expect(await ask("Get", { key: "k" })).toEqual({ value: "", exists: false });
    expect(await ask("KeyExists", { key: "k" })).toMatchObject({ exists: true });
    await set("k", "text");
    expect(await ask("Get", { key: "k" })).toEqual({ value: "text", exists: true });
  });
});
