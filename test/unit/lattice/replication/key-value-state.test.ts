import { describe, expect, test } from "vitest";
import type { CacheEvent } from "../../../../src/lattice/index.ts";
import {
  KeyValueState,
  type KeyValueStateOptions,
} from "../../../../src/lattice/replication/key-value-state.ts";

const add = (amount: number): CacheEvent => ({ kind: "AtomicAdd", key: "k", amount });
const set = (value: string, key = "k"): CacheEvent => ({ kind: "ScalarSet", key, value });
const push = (value: string): CacheEvent => ({ kind: "ListPush", key: "k", value });
const pull = (value: string): CacheEvent => ({ kind: "ListRemoveItem", key: "k", value });
const sadd = (value: string): CacheEvent => ({ kind: "SetAdd", key: "k", value });
const srem = (value: string): CacheEvent => ({ kind: "SetRemoveItem", key: "k", value });
const del: CacheEvent = { kind: "KeyDelete", key: "k" };
const clear: CacheEvent = { kind: "ListClear", key: "k" };

function stateAfter(events: readonly CacheEvent[], options: KeyValueStateOptions = {}): KeyValueState {
  const state = new KeyValueState(options);
  for (const event of events) state.apply(event);
  return state;
}

describe("a key", () => {
  test.each<[string, CacheEvent[], unknown]>([
    ["counts from nothing", [add(-5)], { kind: "atomic", value: -5 }],
    ["counts on", [add(1), add(2)], { kind: "atomic", value: 3 }],
    ["counts around 32 bits", [add(0x7fffffff), add(1)], { kind: "atomic", value: -0x80000000 }],
    ["holds the last scalar", [set("a"), set("b")], { kind: "scalar", value: "b" }],
    ["lists in order", [push("a"), push("b"), push("a")], { kind: "list", items: ["a", "b", "a"] }],
    [
      "lists without what was removed",
      [push("a"), push("b"), push("a"), pull("a")],
      { kind: "list", items: ["b"] },
    ],
    ["stays a list when it is empty", [push("a"), pull("a")], { kind: "list", items: [] }],
    ["holds members once", [sadd("a"), sadd("b"), sadd("a")], { kind: "set", items: new Set(["a", "b"]) }],
    ["holds no removed members", [sadd("a"), sadd("b"), srem("a")], { kind: "set", items: new Set(["b"]) }],
    ["becomes an empty set by a removal", [srem("a")], { kind: "set", items: new Set() }],
    ["does not become a list by a removal", [pull("a")], undefined],
    ["is gone when deleted", [set("a"), del], undefined],
    ["is gone when cleared, whatever it is", [sadd("a"), clear], undefined],
    ["may be of another kind after that", [set("a"), del, push("b")], { kind: "list", items: ["b"] }],
  ])("%s", (_what, events, expected) => {
    expect(stateAfter(events).get("k")).toEqual(expected);
  });

  test.each<[string, CacheEvent]>([
    ["a counter", add(1)],
    ["a scalar", set("a")],
    ["a list", push("a")],
    ["a set", sadd("a")],
  ])("that is %s is not changed by what is meant for other kinds", (_what, first) => {
    const alone = stateAfter([first]).get("k");
    for (const other of [add(7), set("x"), push("x"), pull("a"), sadd("x"), srem("a")]) {
      const isSameKind =
        other.kind === first.kind ||
        (first.kind === "ListPush" && other.kind === "ListRemoveItem") ||
        (first.kind === "SetAdd" && other.kind === "SetRemoveItem");
      if (!isSameKind) expect(stateAfter([first, other]).get("k")).toEqual(alone);
    }
  });
});

test("it is known which events would change nothing", () => {
  const state = stateAfter([set("v", "s"), sadd("m")]);
  expect(state.isDone(set("v", "s"))).toBe(true);
  expect(state.isDone(set("w", "s"))).toBe(false);
  expect(state.isDone(sadd("m"))).toBe(true);
  expect(state.isDone(srem("m"))).toBe(false);
  expect(state.isDone(srem("x"))).toBe(true);
  expect(state.isDone({ kind: "KeyDelete", key: "none" })).toBe(true);
  expect(state.isDone(del)).toBe(false);
});

describe("room", () => {
  test("for unknown keys is small, and given back", () => {
    const state = new KeyValueState({ maxOtherEntries: 2, maxOtherChars: 10 });
    expect(state.apply(set("12345", "a"))).toBe(true);
    expect(state.apply(set("1234", "b"))).toBe(false);
    expect(state.apply(set("123", "b"))).toBe(true);
    expect(state.apply(set("1234", "b"))).toBe(false);
    expect(state.scalar("b")).toBe("123");
    expect(state.apply(set("", "c"))).toBe(false);
    expect(state.apply(set("x", "wclc:call_a"))).toBe(true);
    expect(state.apply(set("1", "a"))).toBe(true);
    expect(state.apply({ kind: "KeyDelete", key: "b" })).toBe(true);
    expect(state.apply(set("1234567", "c"))).toBe(true);
  });

  test("is taken by items and members, and given back when they go", () => {
    const state = new KeyValueState({ maxOtherEntries: 3 });
    expect([push("a"), push("a"), push("b")].map((event) => state.apply(event))).toEqual([true, true, false]);
    expect(state.apply(pull("a"))).toBe(true);
    expect(state.apply(push("b"))).toBe(true);
    state.apply(clear);
    expect([sadd("a"), sadd("b"), sadd("c")].map((event) => state.apply(event))).toEqual([true, true, false]);
    state.apply(srem("a"));
    expect(state.apply(sadd("c"))).toBe(true);
    state.apply(del);
    expect([...state.entries()]).toEqual([]);
    expect(state.apply({ kind: "SetAdd", key: "k2", value: "a" })).toBe(true);
  });

  test("for the cache's keys is bounded, too", () => {
    const state = new KeyValueState({ maxEntries: 1 });
    expect(state.apply(set("x", "wclc:call_a"))).toBe(true);
    expect(state.apply(set("x", "wclc:call_b"))).toBe(false);
    expect(state.apply(set("x", "wclc:other"))).toBe(true);
  });
});

test("deleted links are remembered, the last of them, until they are set again", () => {
  const link = (n: number): string => `wclc:link_${n}`;
  const state = new KeyValueState({ maxDeleted: 2 });
  for (const n of [1, 2, 3]) state.apply({ kind: "KeyDelete", key: link(n) });
  state.apply({ kind: "KeyDelete", key: "wclc:call_a" });
  state.apply({ kind: "KeyDelete", key: `wclc:link_${"9".repeat(100)}` });
  expect([...state.deletedLinks()]).toEqual([link(2), link(3)]);
  state.apply(set("x", link(2)));
  expect(state.isDeletedLink(link(2))).toBe(false);
  expect(state.isDeletedLink(link(3))).toBe(true);
});
