import { describe, expect, it } from "vitest";
import { newStore } from "./store.ts";

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
});
