import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { CacheEvent } from "../../../../src/lattice/cache-event.ts";
import { ConflictWatch } from "../../../../src/lattice/replication/conflict-watch.ts";

const KEY = "wclc:link_123";

function set(value: string, key = KEY): CacheEvent {
  return { kind: "ScalarSet", key, value };
}

let repeated: string[];
let watch: ConflictWatch;
beforeEach(() => {
  vi.useFakeTimers();
  repeated = [];
  watch = new ConflictWatch({ repeat: (key) => repeated.push(key), now: Date.now });
});
afterEach(() => {
  watch.close();
  vi.useRealTimers();
});

describe("two caches that change the same", () => {
  test.each<[string, CacheEvent]>([
    ["another value", set("b")],
    ["a removal", { kind: "KeyDelete", key: KEY }],
  ])("at the same time lead to one repetition: %s", (_, foreign) => {
    watch.noteOwn(set("a"));
    watch.noteForeign(foreign);
    vi.advanceTimersByTime(199);
    expect(repeated).toEqual([]);
    vi.advanceTimersByTime(1_001);
    expect(repeated).toEqual([KEY]);
  });

  test.each<[string, () => void]>([
    ["to the same value", () => watch.noteForeign(set("a"))],
    [
      "one long after the other",
      () => {
        vi.advanceTimersByTime(600);
        watch.noteForeign(set("b"));
      },
    ],
    ["that is another key", () => watch.noteForeign(set("b", "wclc:link_9"))],
    [
      "and agree before it is time",
      () => {
        watch.noteForeign(set("b"));
        watch.noteForeign(set("a"));
      },
    ],
    [
      "and are followed by a change of this one",
      () => {
        watch.noteForeign(set("b"));
        watch.noteOwn(set("c"));
      },
    ],
    [
      "and are closed",
      () => {
        watch.noteForeign(set("b"));
        watch.close();
      },
    ],
  ])("%s lead to none", (_, happen) => {
    watch.noteOwn(set("a"));
    happen();
    vi.advanceTimersByTime(5_000);
    expect(repeated).toEqual([]);
  });

  test("in what they claim need none: what the claims say decides", () => {
    const key = "wclc:claims_M";
    watch.noteOwn(set("a", key));
    watch.noteForeign(set("b", key));
    vi.advanceTimersByTime(5_000);
    expect(repeated).toEqual([]);
  });
});
