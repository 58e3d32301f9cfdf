import { describe, expect, test } from "vitest";
import type { CacheEvent } from "../../../../src/lattice/index.ts";
import { LiveEvents } from "../../../../src/lattice/replication/live-events.ts";

const set = (key: string, value = "v"): CacheEvent => ({ kind: "ScalarSet", key, value });

/** What is left of a replay, of which the live events before `ack` may be the end. */
function replay(
  live: readonly CacheEvent[],
  replayed: readonly CacheEvent[],
  late: readonly CacheEvent[] = [],
) {
  const events = new LiveEvents();
  for (const event of live) events.note(event);
  events.closeWindow();
  for (const event of late) events.note(event);
  const passed = replayed.flatMap((event) => events.pass(event) ?? []);
  return [...passed, ...events.rest()];
}

describe("a replay, without what came live as well,", () => {
  const [a, b, c, d] = ["a", "b", "c", "d"].map((key) => set(key)) as [
    CacheEvent,
    CacheEvent,
    CacheEvent,
    CacheEvent,
  ];

  test("is all of it where nothing came live", () => {
    expect(replay([], [a, b])).toEqual([a, b]);
  });

  test("ends before the first live event, if all, some or none of them are in it", () => {
    expect(replay([c, d], [a, b, c, d])).toEqual([a, b]);
    expect(replay([c, d], [a, b, c])).toEqual([a, b]);
    expect(replay([c, d], [a, b])).toEqual([a, b]);
    expect(replay([c, d], [c])).toEqual([]);
  });

  test("keeps earlier events that are equal to live ones", () => {
    expect(replay([a, b], [a, b, a, b])).toEqual([a, b]);
    expect(replay([a, a], [a, a, a])).toEqual([a]);
  });

  test("does without live ones also if they come in another order", () => {
    expect(replay([c, d], [a, b, d, c])).toEqual([a, b]);
  });

  test("is not compared with what came after it was decided", () => {
    expect(replay([], [a, b], [b])).toEqual([a, b]);
  });
});

test("an older event about the same as a live one is overridden", () => {
  const events = new LiveEvents();
  events.note(set("a"));
  events.note({ kind: "SetAdd", key: "set", value: "m" });
  events.note({ kind: "AtomicAdd", key: "counter", amount: 1 });
  expect(events.overrides(set("a", "older"))).toBe(true);
  expect(events.overrides(set("b"))).toBe(false);
  expect(events.overrides({ kind: "SetRemoveItem", key: "set", value: "m" })).toBe(true);
  expect(events.overrides({ kind: "SetRemoveItem", key: "set", value: "n" })).toBe(false);
  expect(events.overrides({ kind: "KeyDelete", key: "set" })).toBe(true);
  expect(events.overrides({ kind: "AtomicAdd", key: "counter", amount: 5 })).toBe(false);
});
