import { describe, expect, it } from "vitest";
import { MemoryStore } from "../../../src/storage/index.ts";
import { storeDemands } from "../../conformance/store.ts";

describe("the memory store, like every store", () => {
  it.each(storeDemands.map((demand) => [demand.title, demand] as const))("%s", async (_, demand) => {
    await demand.run(async () => new MemoryStore());
  });
});

describe("the memory store", () => {
  const kilobyte = new Uint8Array(1_000);

  it("refuses what it has no room for, and keeps what it has", async () => {
    const store = new MemoryStore({ maxBytes: 2_500 });
    await store.set("a", kilobyte);
    await store.set("b", kilobyte);
    await expect(store.set("c", kilobyte)).rejects.toMatchObject({ code: "storage.quota" });
    expect(await store.list("")).toEqual(["a", "b"]);
  });

  it("counts replaced and deleted values no more", async () => {
    const store = new MemoryStore({ maxBytes: 2_500 });
    for (let round = 0; round < 10; round++) await store.set("a", kilobyte);
    await store.set("b", kilobyte);
    await store.batch([
      { key: "a", value: undefined },
      { key: "c", value: kilobyte },
    ]);
    expect(await store.list("")).toEqual(["b", "c"]);
  });
});
