import { beforeEach, describe, expect, test } from "vitest";
import type { CacheEvent } from "../../../../src/lattice/index.ts";
import { OwnWrites } from "../../../../src/lattice/replication/own-writes.ts";

const set = (key: string, value: string): CacheEvent => ({ kind: "ScalarSet", key, value });
const member = (value: string): CacheEvent => ({ kind: "SetAdd", key: "set", value });

let now: number;
let own: OwnWrites;
beforeEach(() => {
  now = 0;
  own = new OwnWrites({ maxUnsent: 2, echoMs: 100, now: () => now });
});

describe("an event of others about the same as one of ours", () => {
  test("is older until ours has come back", () => {
    own.sent(set("a", "1"));
    own.sent(set("a", "2"));
    expect(own.isOutdated(set("a", "x"), false)).toBe(true);
    expect(own.isOutdated({ kind: "KeyDelete", key: "a" }, false)).toBe(true);
    own.echoed(set("a", "1"));
    expect(own.isOutdated(set("a", "x"), true)).toBe(true);
    own.echoed(set("a", "2"));
    expect(own.isOutdated(set("a", "x"), false)).toBe(false);
  });

  test("is not about the same if it is about another key or member, or adds up", () => {
    own.sent(set("a", "1"));
    own.sent(member("m"));
    expect(own.isOutdated(set("b", "x"), false)).toBe(false);
    expect(own.isOutdated(member("n"), false)).toBe(false);
    expect(own.isOutdated({ kind: "SetRemoveItem", key: "set", value: "m" }, false)).toBe(true);
    expect(own.isOutdated({ kind: "AtomicAdd", key: "a", amount: 1 }, false)).toBe(false);
  });

  test("counts when ours does not come back for long", () => {
    own.sent(set("a", "1"));
    now = 99;
    expect(own.isOutdated(set("a", "x"), false)).toBe(true);
    expect(own.takeExpired()).toEqual([]);
    now = 100;
    expect(own.isOutdated(set("a", "x"), false)).toBe(false);
    expect(own.takeExpired()).toEqual([set("a", "1")]);
    expect(own.takeExpired()).toEqual([]);
  });

  test("is older than one that waits for a connection, but for aliases", () => {
    own.keep(set("a", "1"));
    expect(own.isOutdated(set("a", "x"), false)).toBe(true);
    expect(own.isOutdated(set("a", "x"), true)).toBe(false);
    own.isKnownToOthers(set("a", "x"));
    expect(own.unsent).toBe(1);
    own.isKnownToOthers(set("a", "1"));
    expect(own.unsent).toBe(0);
  });
});

describe("what waits for a connection", () => {
  test("is the last about each thing, in the order in which it was done", () => {
    own.keep(set("a", "1"));
    own.keep(set("b", "1"));
    own.keep({ kind: "KeyDelete", key: "a" });
    const first = own.next() as CacheEvent;
    expect(first).toEqual(set("b", "1"));
    own.sent(first);
    const removal = own.next() as CacheEvent;
    expect(removal).toEqual({ kind: "KeyDelete", key: "a" });
    own.giveUp(removal);
    expect(own.next()).toBeUndefined();
  });

  test("is only so much: the oldest goes", () => {
    expect(own.keep(set("a", "1"))).toBeUndefined();
    expect(own.keep(set("b", "1"))).toBeUndefined();
    expect(own.keep(set("c", "1"))).toEqual(set("a", "1"));
    expect(own.unsent).toBe(2);
  });

  test("includes what may have been lost with the last one, before what came later", () => {
    own.sent(set("a", "1"));
    own.keep(set("b", "1"));
    own.disconnected();
    expect(own.unsent).toBe(2);
    expect(own.next()).toEqual(set("a", "1"));
    own.keep(set("a", "2"));
    own.disconnected();
    expect(own.unsent).toBe(2);
    expect(own.next()).toEqual(set("b", "1"));
  });
});
