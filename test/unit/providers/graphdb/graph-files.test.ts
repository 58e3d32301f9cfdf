import { describe, expect, it } from "vitest";
import { GraphFiles } from "../../../../src/providers/graphdb/graph-files.ts";
import { MemoryStore, type Store } from "../../../../src/storage/index.ts";

const MIB = 1024 * 1024;
const files = (store: Store, graph = "g", maxBytes = 8 * MIB): Promise<GraphFiles> =>
  GraphFiles.of({ store, space: "s", graph, maxBytes });
const bytes = (length: number, seed: number): Uint8Array<ArrayBuffer> =>
  new Uint8Array(length).map((_, index) => index * seed);

describe("the files of a graph", () => {
  it("come back as they were kept, with what was appended", async () => {
    const store = new MemoryStore();
    const kept = await files(store);
    expect(await kept.load()).toBeUndefined();
    const image = { main: bytes(2.5 * MIB, 3), log: bytes(10, 5) };
    const versions = [await kept.keep({ kind: "replaced", image })];
    versions.push(await kept.keep({ kind: "appended", bytes: bytes(1.5 * MIB, 7) }));
    const loaded = await (await files(store)).load();
    expect(loaded?.version).toBe(versions[1]);
    expect(Buffer.compare(loaded?.image.main ?? image.log, image.main)).toBe(0);
    const log = Buffer.concat([image.log, bytes(1.5 * MIB, 7)]);
    expect(Buffer.compare(loaded?.image.log ?? image.main, log)).toBe(0);
    expect(new Set(versions).size).toBe(2);
  });

  it("leave nothing behind when they are replaced or removed", async () => {
    const store = new MemoryStore();
    const kept = await files(store);
    await kept.keep({ kind: "replaced", image: { main: bytes(3 * MIB, 1), log: bytes(2 * MIB, 1) } });
    await kept.keep({ kind: "replaced", image: { main: bytes(1, 1), log: bytes(0, 1) } });
    expect(await store.list("")).toHaveLength(2);
    await (await files(store, "other")).remove();
    expect(await kept.version()).toBeDefined();
    await kept.remove();
    expect(await store.list("")).toEqual([]);
  });

  it("are refused when they are too large, and stay as they were", async () => {
    const kept = await files(new MemoryStore(), "g", 100);
    const version = await kept.keep({ kind: "replaced", image: { main: bytes(90, 1), log: bytes(0, 1) } });
    await expect(kept.keep({ kind: "appended", bytes: bytes(11, 1) })).rejects.toMatchObject({
      code: "storage.quota",
    });
    expect((await kept.load())?.version).toBe(version);
  });

  it("that are damaged are an error, until they are removed", async () => {
    const store = new MemoryStore();
    const kept = await files(store);
    await kept.keep({ kind: "replaced", image: { main: bytes(2 * MIB, 1), log: bytes(0, 1) } });
    const part = (await store.list("")).find((key) => key.endsWith("/main/1"));
    await store.delete(part ?? "");
    await expect(kept.load()).rejects.toMatchObject({ code: "storage.failed" });
    await store.set(`${kept.lock}/head`, Uint8Array.of(0x81));
    await expect(kept.version()).rejects.toMatchObject({ code: "storage.failed" });
    await kept.remove();
    expect([await kept.version(), await store.list("")]).toEqual([undefined, []]);
  });
});
