import { describe, expect, it } from "vitest";
import { DEFAULT_GRANT_LIMITS, type GrantLimits, ProviderStorage } from "../../../../src/providers/index.ts";
import { MemoryStore } from "../../../../src/storage/index.ts";
import { errorOf } from "../../claims/errors.ts";
import { utf8 } from "../../claims/hex.ts";

function storage(store = new MemoryStore(), provider = "VA", limits: Partial<GrantLimits> = {}) {
  return new ProviderStorage(store, provider, { ...DEFAULT_GRANT_LIMITS, ...limits });
}

describe("what a provider keeps", () => {
  it("is found again by any text, also by another host, until it is deleted", async () => {
    const store = new MemoryStore();
    const keys = ["plain", "with/slash", "ünïcode €", "%2F", "..", "a b"];
    for (const key of keys) await storage(store).set(key, utf8(key));
    const later = storage(store);
    for (const key of keys) expect(await later.get(key)).toEqual(utf8(key));
    expect((await later.list("")).toSorted()).toEqual(keys.toSorted());
    expect((await later.list("with/")).toSorted()).toEqual(["with/slash"]);
    expect(await later.list("no such")).toEqual([]);
    await later.delete("plain");
    await later.delete("plain");
    expect(await later.get("plain")).toBeUndefined();
  });

  it("is not seen by another provider, nor by what else is in the store", async () => {
    const store = new MemoryStore();
    await store.set("keyvalue/x", utf8("theirs"));
    await storage(store, "VA").set("key", utf8("a"));
    await storage(store, "VAB").set("../VA/key", utf8("b"));
    expect(await storage(store, "VA").list("")).toEqual(["key"]);
    expect(await storage(store, "VAB").get("key")).toBeUndefined();
    expect(await storage(store, "VA").get("../../keyvalue/x")).toBeUndefined();
    expect(await storage(store, "VAB").list("")).toEqual(["../VA/key"]);
  });

  it("is bounded in values, their sizes and their sum, and what is deleted makes room", async () => {
    const store = new MemoryStore();
    const limits = { maxKeys: 2, maxValueBytes: 10, maxStorageBytes: 15 };
    const kept = storage(store, "VA", limits);
    const code = async (key: string, bytes: number) =>
      (await errorOf(() => kept.set(key, new Uint8Array(bytes)))).code;
    expect(await code("a", 11)).toBe("input.too_large");
    await kept.set("a", new Uint8Array(10));
    expect(await code("b", 6)).toBe("storage.quota");
    await kept.set("b", new Uint8Array(5));
    expect(await code("c", 0)).toBe("storage.quota");
    await kept.set("a", new Uint8Array(9));
    await kept.delete("b");
    await kept.set("c", new Uint8Array(6));
    const later = storage(store, "VA", limits);
    expect((await errorOf(() => later.set("d", new Uint8Array(0)))).code).toBe("storage.quota");
  });

  it.each([
    ["nothing", ""],
    ["too long", "x".repeat(401)],
    ["half a character", "\ud800"],
  ])("is not kept under a key that is %s", async (_, key) => {
    expect((await errorOf(() => storage().set(key, utf8("x")))).code).toBe("input.invalid");
    expect((await errorOf(() => storage().get(key))).code).toBe("input.invalid");
  });
});
