import { describe, expect, it, vi } from "vitest";
import { HostError, Logger, MemoryStore, RegistryClient, type Store } from "../../../src/index.ts";
import { useHandmadeRegistry } from "./handmade-registry.ts";

const registry = useHandmadeRegistry();
const LAYER_BYTES = 1_000;

/** Serves an image of one layer under a tag. */
function serve(tag: string): void {
  const layer = registry.blob(Buffer.alloc(LAYER_BYTES, tag));
  registry.manifest({ schemaVersion: 2, layers: [layer] }, { tag });
}

/** Tags whose layers were fetched from the registry. */
async function pullAll(store: Store, tags: readonly string[], cacheBytes?: number): Promise<string[]> {
  const limit = cacheBytes === undefined ? {} : { cacheBytes };
  const client = new RegistryClient({ insecure: [registry.name], store, ...limit });
  const fetched: string[] = [];
  for (const tag of tags) {
    const before = registry.asked.length;
    const { bytes } = await client.pull(`${registry.name}/test:${tag}`);
    expect(Buffer.from(bytes)).toEqual(Buffer.alloc(LAYER_BYTES, tag));
    if (registry.asked.slice(before).some(({ path }) => path.includes("/blobs/"))) fetched.push(tag);
  }
  return fetched;
}

/** A store, and keys and bytes in it. */
async function bytesIn(store: Store): Promise<number> {
  const keys = await store.list("oci/blob/");
  const values = await Promise.all(keys.map((key) => store.get(key)));
  return values.reduce((sum, value) => sum + (value?.length ?? 0), 0);
}

describe("images in the store", () => {
  it("are fetched once", async () => {
    serve("a");
    const store = new MemoryStore();
    expect(await pullAll(store, ["a", "a"])).toEqual(["a"]);
    expect(await pullAll(store, ["a"])).toEqual([]);
  });

  it("make room for others, those first that were not used for the longest time", async () => {
    for (const tag of ["a", "b", "c"]) serve(tag);
    const store = new MemoryStore();
    const room = 3_000; // two layers and their manifests
    const clock = vi.spyOn(Date, "now");
    let now = 1_000;
    clock.mockImplementation(() => {
      now += 1;
      return now;
    });
    try {
      expect(await pullAll(store, ["a", "b", "a", "c"], room)).toEqual(["a", "b", "c"]);
      expect(await bytesIn(store)).toBeLessThanOrEqual(room);
      expect(await pullAll(store, ["a"], room)).toEqual([]);
      expect(await pullAll(store, ["b"], room)).toEqual(["b"]);
    } finally {
      clock.mockRestore();
    }
  });

  it("are not kept when they alone are too large", async () => {
    serve("a");
    const store = new MemoryStore();
    expect(await pullAll(store, ["a", "a"], LAYER_BYTES - 1)).toEqual(["a", "a"]);
    expect(await bytesIn(store)).toBeLessThan(LAYER_BYTES);
  });

  it("do not pile up where another left them halfway", async () => {
    serve("a");
    const store = new MemoryStore();
    await store.set(`oci/blob/${"0".repeat(64)}`, new Uint8Array(500));
    await store.set("oci/use/garbage", new Uint8Array());
    await pullAll(store, ["a"]);
    expect(await store.get(`oci/blob/${"0".repeat(64)}`)).toBeUndefined();
    expect(await store.list("oci/use/garbage")).toEqual([]);
  });

  it("do not touch what others keep in the store", async () => {
    serve("a");
    const store = new MemoryStore();
    await store.set("transform/x", new Uint8Array(5_000));
    await pullAll(store, ["a"], 3_000);
    expect(await store.get("transform/x")).toHaveLength(5_000);
  });

  it("are pulled all the same when the store fails, which is told", async () => {
    serve("a");
    const fail = (): Promise<never> => Promise.reject(new HostError("storage.failed", "The disk is gone"));
    const store: Store = { get: fail, set: fail, delete: fail, list: fail, batch: fail };
    const lines: string[] = [];
    const log = new Logger([{ write: ({ message }) => void lines.push(message) }]);
    const client = new RegistryClient({ insecure: [registry.name], store, log });
    const { bytes } = await client.pull(`${registry.name}/test:a`);
    expect(bytes).toHaveLength(LAYER_BYTES);
    expect(new Set(lines)).toEqual(
      new Set([
        "An image could not be read; this costs time only",
        "An image could not be kept; this costs time only",
      ]),
    );
  });
});
