import { encode } from "@msgpack/msgpack";
import { describe, expect, it } from "vitest";
import { newStore } from "./store.ts";

describe("a value that expires", () => {
  it("is there until its seconds have passed, and not after", async () => {
    const { ask, pass } = newStore();
    await ask("Set", { key: "k", value: "v", expires: 2 });
    pass(1_999);
    expect(await ask("Get", { key: "k" })).toEqual({ value: "v", exists: true });
    pass(1);
    expect(await ask("Get", { key: "k" })).toEqual({ value: "", exists: false });
    expect(await ask("KeyExists", { key: "k" })).toEqual({ value: "", exists: false });
  });

  it("never does so for 0 or less, nor after it was set again without", async () => {
    const { ask, pass } = newStore();
    await ask("Set", { key: "zero", value: "v", expires: 0 });
    await ask("Set", { key: "less", value: "v", expires: -5 });
    await ask("Set", { key: "again", value: "v", expires: 1 });
    await ask("Set", { key: "again", value: "w", expires: 0 });
    pass(1e12);
    for (const key of ["zero", "less", "again"])
      expect(await ask("Get", { key })).toMatchObject({ exists: true });
  });

  it("keeps its time when it is counted, and starts anew at 0 afterwards", async () => {
    const { ask, pass } = newStore();
    await ask("Set", { key: "n", value: "10", expires: 1 });
    pass(500);
    expect(await ask("Add", { key: "n", value: 1 })).toEqual({ value: 11 });
    pass(500);
    expect(await ask("Add", { key: "n", value: 1 })).toEqual({ value: 1 });
    pass(1e9);
    expect(await ask("Add", { key: "n", value: 1 })).toEqual({ value: 2 });
  });

  it("gives way to another kind of value", async () => {
    const { ask, pass } = newStore();
    await ask("Set", { key: "k", value: "v", expires: 1 });
    pass(1_000);
    expect(await ask("Push", { key: "k", value: "item" })).toEqual({ newCount: 1 });
    pass(1e9);
    expect(await ask("Range", { key: "k", start: 0, stop: -1 })).toEqual({ values: ["item"] });
  });
});

describe("the bounds of the store", () => {
  it("are a number of keys: one more is refused, known ones can be changed", async () => {
    const { ask } = newStore({ maxKeys: 2 });
    await ask("Set", { key: "a", value: "1", expires: 0 });
    await ask("Push", { key: "b", value: "1" });
    const full = { code: "provider.failure", message: "The store is full: it holds 2 keys" };
    await expect(ask("Set", { key: "c", value: "1", expires: 0 })).rejects.toMatchObject(full);
    await expect(ask("Add", { key: "c", value: 1 })).rejects.toMatchObject(full);
    await expect(ask("Push", { key: "c", value: "1" })).rejects.toMatchObject(full);
    await expect(ask("SetAdd", { key: "c", value: "1" })).rejects.toMatchObject(full);
    expect(await ask("Add", { key: "a", value: 1 })).toEqual({ value: 2 });
    expect(await ask("Push", { key: "b", value: "2" })).toEqual({ newCount: 2 });
    await ask("Del", { key: "a" });
    expect(await ask("SetAdd", { key: "c", value: "1" })).toEqual({ new_count: 1 });
  });

  it("are not used up by keys that have expired and are never read again", async () => {
    const { ask, pass } = newStore({ maxKeys: 2 });
    await ask("Set", { key: "a", value: "1", expires: 1 });
    await ask("Set", { key: "b", value: "1", expires: 1 });
    pass(1_000);
    expect(await ask("Set", { key: "c", value: "1", expires: 0 })).toEqual({ value: "1" });
  });

  it("are a number of items for each list and set", async () => {
    const { ask } = newStore({ maxItems: 2 });
    for (const value of ["1", "2"]) {
      await ask("Push", { key: "l", value });
      await ask("SetAdd", { key: "s", value });
    }
    await expect(ask("Push", { key: "l", value: "3" })).rejects.toThrow("holds at most 2 items");
    await expect(ask("SetAdd", { key: "s", value: "3" })).rejects.toThrow("holds at most 2 items");
    expect(await ask("SetAdd", { key: "s", value: "1" })).toEqual({ new_count: 0 });
    expect(await ask("Range", { key: "l", start: 0, stop: -1 })).toEqual({ values: ["2", "1"] });
  });
});

describe("requests by position", () => {
  it("are understood in the order of the interface", async () => {
    const { ask } = newStore();
    expect(await ask("Set", ["k", "7", 0])).toEqual({ value: "7" });
    expect(await ask("Add", ["k", 3])).toEqual({ value: 10 });
    expect(await ask("Get", ["k"])).toEqual({ value: "10", exists: true });
  });

  it("or that cannot be read change nothing", async () => {
    const { ask, provider } = newStore();
    await expect(provider.handleCall("MA", "Add", encode(["k"]))).rejects.toMatchObject({
      code: "provider.bad_request",
    });
    expect(await ask("KeyExists", ["k"])).toMatchObject({ exists: false });
  });
});
