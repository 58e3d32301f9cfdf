import { expect, test } from "vitest";
import type { CacheEvent } from "../../../../src/lattice/index.ts";
import { EventHistory } from "../../../../src/lattice/replication/event-history.ts";

const event = (n: number): CacheEvent => ({ kind: "ScalarSet", key: `${n}`, value: "" });
const keys = (events: readonly CacheEvent[] | undefined): number[] | undefined =>
  events?.map(({ key }) => Number(key));

test("a history counts all events and keeps the last", () => {
  const history = new EventHistory({ maxEvents: 10, maxChars: 1_000 });
  for (let n = 1; n <= 1_000; n++) history.append(event(n));
  expect(history.total).toBe(1_000);
  expect(keys(history.last(10))).toEqual([991, 992, 993, 994, 995, 996, 997, 998, 999, 1_000]);
  expect(keys(history.last(2))).toEqual([999, 1_000]);
  expect(history.last(11)).toBeUndefined();
  expect(history.last(0)).toEqual([]);
});

test("a history keeps only so many characters", () => {
  const history = new EventHistory({ maxEvents: 10, maxChars: 25 });
  for (let n = 0; n < 5; n++) history.append({ kind: "ScalarSet", key: `${n}`, value: "123456789" });
  expect(history.total).toBe(5);
  expect(keys(history.last(2))).toEqual([3, 4]);
  expect(history.last(3)).toBeUndefined();
  history.append({ kind: "KeyDelete", key: "9".repeat(26) });
  expect(history.last(1)).toBeUndefined();
  expect(history.total).toBe(6);
});

test("what happens while it is held comes after what is added as earlier, and counts at once", () => {
  const history = new EventHistory({ maxEvents: 10, maxChars: 1_000 });
  history.append(event(1));
  history.hold();
  history.append(event(4));
  history.appendEarlier(event(2));
  expect(history.total).toBe(3);
  expect(keys(history.last(3))).toEqual([1, 2, 4]);
  history.append(event(5));
  history.appendEarlier(event(3));
  history.release();
  history.append(event(6));
  expect(keys(history.last(6))).toEqual([1, 2, 3, 4, 5, 6]);
});

test("what is held can be dropped, as if it had not happened", () => {
  const history = new EventHistory({ maxEvents: 10, maxChars: 1_000 });
  history.append(event(1));
  history.hold();
  history.append(event(9));
  expect([history.settled, history.total]).toEqual([1, 2]);
  history.dropHeld();
  history.append(event(3));
  history.appendEarlier(event(2));
  history.release();
  expect(keys(history.last(3))).toEqual([1, 2, 3]);
});
