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

  it("are a number of characters: what would be more is refused, what is there is kept and counted rightly", async () => {
    // Each text counts 32 more.
    const { ask } = newStore({ maxLength: 200 });
    const full = { code: "provider.failure", message: "The store is full: it holds 200 characters" };
    const item = "x".repeat(18);
    await ask("Set", { key: "t", value: item, expires: 0 });
    await ask("Push", { key: "l", value: item });
    for (const refused of [
      ask("Push", { key: "l", value: item }),
      ask("SetAdd", { key: "s", value: "" }),
      ask("Set", { key: "t", value: "x".repeat(53), expires: 0 }),
    ]) {
      await expect(refused).rejects.toMatchObject(full);
    }
    expect(await ask("Get", { key: "t" })).toEqual({ value: item, exists: true });
    expect(await ask("Range", { key: "l", start: 0, stop: -1 })).toEqual({ values: [item] });
    for (let round = 0; round < 3; round++) {
      await ask("Set", { key: "t", value: "", expires: 0 });
      await ask("Push", { key: "l", value: "" });
      await ask("ListItemDelete", { key: "l", value: "" });
      await ask("Del", { key: "t" });
      await ask("SetAdd", { key: "s", value: "" });
      await ask("SetRemove", { key: "s", value: "" });
    }
    // 83 are taken by the list.
    await ask("Set", { key: "t", value: "x".repeat(52), expires: 0 });
    await expect(ask("Add", { key: "n", value: 1 })).rejects.toMatchObject(full);
  });

  it("of characters make way for what has expired", async () => {
    const { ask, pass } = newStore({ maxLength: 200 });
    await ask("Set", { key: "a", value: "x".repeat(100), expires: 1 });
    pass(1_000);
    expect(await ask("Push", { key: "b", value: "x".repeat(100) })).toEqual({ newCount: 1 });
  });
});
