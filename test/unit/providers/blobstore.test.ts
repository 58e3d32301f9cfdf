import { setImmediate } from "node:timers/promises";
import { decode, encode } from "@msgpack/msgpack";
import { describe, expect, it } from "vitest";
import { BlobstoreProvider, StoreBlobs } from "../../../src/providers/index.ts";
import { inTurn } from "../../../src/providers/keyed-queue.ts";
import { MemoryStore, type Store, type StoreChange } from "../../../src/storage/index.ts";
import { blobstoreDemands } from "../../conformance/providers/blobstore.ts";
import { rows } from "../../conformance/providers/demand.ts";
import { LinkedActors } from "../../conformance/providers/linked-actor.ts";

function onStore(store: Store, maxObjectBytes = 1_000_000): BlobstoreProvider {
  return new BlobstoreProvider({ blobs: (root) => new StoreBlobs({ store, root }), maxObjectBytes });
}

/** Answers later, as databases do: others come in between. */
class LateStore extends MemoryStore {
  beforeBatch: (() => Promise<void>) | undefined;

  override async get(key: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
    await setImmediate();
    return super.get(key);
  }

  override async list(prefix: string): Promise<string[]> {
    await setImmediate();
    return super.list(prefix);
  }

  override async batch(changes: readonly StoreChange[]): Promise<void> {
    await setImmediate();
    await this.beforeBatch?.();
    await super.batch(changes);
  }
}

describe("the blob store on a store, like every one", () => {
  it.each(rows(blobstoreDemands))("%s", async (_, demand) => {
    let store = new LateStore();
    await demand.run(async ({ maxObjectBytes, again = false }) => {
      if (!again) store = new LateStore();
      return onStore(store, maxObjectBytes);
    });
  });
});

/** Ends, as a killed tab does, before a batch of a number. */
class DyingStore extends MemoryStore {
  left = Number.POSITIVE_INFINITY;

  override async batch(changes: readonly StoreChange[]): Promise<void> {
    if (this.left-- <= 0) throw new Error("the tab is gone");
    await super.batch(changes);
  }
}

const chunk = (sequenceNo: number, bytes: Uint8Array, totalBytes = 4) => ({
  chunk: {
    sequenceNo,
    container: { id: "c" },
    id: "f",
    totalBytes,
    chunkSize: 2,
    context: null,
    chunkBytes: bytes,
  },
});

async function upload(actors: LinkedActors, value: number): Promise<void> {
  await actors.ask("StartUpload", chunk(0, new Uint8Array(0)));
  await actors.ask("UploadChunk", chunk(0, Uint8Array.of(value, value)));
  await actors.ask("UploadChunk", chunk(1, Uint8Array.of(value, value)));
}

async function content(store: Store): Promise<number[] | undefined> {
  const reader = await new StoreBlobs({ store }).open("c", "f");
  return reader === undefined ? undefined : [...(await reader.read(0, 10))];
}

describe("the blob store on a store", () => {
  it.each([0, 1, 2, 3])(
    "is whole after its tab was killed after %i writes of a replacement",
    async (writes) => {
      const store = new DyingStore();
      const actors = new LinkedActors(onStore(store));
      await actors.link();
      await actors.ask("CreateContainer", { id: "c" });
      await upload(actors, 1);
      store.left = writes;
      await upload(actors, 2).catch(() => undefined);
      store.left = Number.POSITIVE_INFINITY;
      expect(await content(store)).toEqual(writes < 3 ? [1, 1, 1, 1] : [2, 2, 2, 2]);
      const later = new LinkedActors(onStore(store));
      await later.link();
      await upload(later, 3);
      expect(await content(store)).toEqual([3, 3, 3, 3]);
    },
  );

  it("leaves nothing behind of what was replaced, removed or begun anew", async () => {
    const store = new MemoryStore();
    const actors = new LinkedActors(onStore(store));
    await actors.link();
    await actors.ask("CreateContainer", { id: "c" });
    for (const value of [1, 2]) await upload(actors, value);
    await actors.ask("StartUpload", chunk(0, new Uint8Array(0)));
    await actors.ask("UploadChunk", chunk(0, Uint8Array.of(9)));
    await upload(actors, 3);
    expect((await store.list("blobs/d/")).length).toBe(2);
    await actors.ask("RemoveObject", { id: "f", container_id: "c" });
    expect((await store.list("")).map((key) => key.slice(0, 8))).toEqual(["blobs/c/"]);
  });

  it("leaves nothing behind where actors replace one object at one time, in several tabs", async () => {
    const store = new LateStore();
    const lock = inTurn();
    const tabs = [new StoreBlobs({ store, lock }), new StoreBlobs({ store, lock })];
    await tabs[0]?.createContainer("c");
    const plan = { container: "c", name: "f", totalBytes: 4, partBytes: 4 };
    await Promise.all(
      Array.from({ length: 20 }, async (_, index) => {
        const [upload, blobs] = [{ ...plan, owner: `M${index}` }, tabs[index % 2]];
        await blobs?.startUpload(upload);
        await blobs?.uploadPart(upload, 0, Uint8Array.of(1, 2, 3, index));
      }),
    );
    expect((await store.list("")).map((key) => key.slice(0, 8))).toEqual([
      "blobs/c/",
      "blobs/d/",
      "blobs/o/",
    ]);
    expect((await content(store))?.slice(0, 3)).toEqual([1, 2, 3]);
  });

  it("keeps a container whose first object is being made when it is to be removed in another tab", async () => {
    const store = new LateStore();
    const turns = inTurn();
    const held = new Set<string>();
    let tellWaiting = (): void => undefined;
    const lock = <T>(name: string, work: () => Promise<T>): Promise<T> => {
      if (held.has(name)) tellWaiting();
      return turns(name, () => {
        held.add(name);
        return work().finally(() => held.delete(name));
      });
    };
    const [blobs, other] = [new StoreBlobs({ store, lock }), new StoreBlobs({ store, lock })];
    const plan = { owner: "MA", container: "c", name: "f", totalBytes: 1, partBytes: 1 };
    await blobs.createContainer("c");
    await blobs.startUpload(plan);
    let removal: Promise<unknown> = Promise.resolve();
    store.beforeBatch = async () => {
      store.beforeBatch = undefined;
      removal = other.removeContainer("c").catch((error: unknown) => error);
      const waits = new Promise<void>((resolve) => {
        tellWaiting = resolve;
      });
      await Promise.race([removal, waits]);
    };
    await blobs.uploadPart(plan, 0, Uint8Array.of(1));
    expect(await removal).toMatchObject({ code: "provider.failure", message: "Directory not empty" });
    expect(await blobs.list("c")).toEqual([{ name: "f", bytes: 1 }]);
    await blobs.remove("c", "f");
    await other.removeContainer("c");
    await expect(blobs.startUpload(plan)).rejects.toMatchObject({ message: "No such container" });
  });

  it("finds objects and uploads whose parts were written down one by one", async () => {
    const store = new MemoryStore();
    const blobs = new StoreBlobs({ store });
    const plan = { owner: "MA", container: "c", name: "f", totalBytes: 4, partBytes: 2 };
    await blobs.createContainer("c");
    await blobs.startUpload(plan);
    await blobs.uploadPart(plan, 0, Uint8Array.of(1, 2));
    const written = async (records: string, parts: readonly object[]): Promise<void> => {
      const [key = ""] = await store.list(records);
      const record = decode((await store.get(key)) ?? []) as object;
      await store.set(key, encode({ ...record, parts }));
    };
    await written("blobs/u/", [{ number: 0, bytes: 2 }]);
    await blobs.uploadPart(plan, 1, Uint8Array.of(3, 4));
    const parts = [0, 1].map((number) => ({ number, bytes: 2, at: 0 }));
    await written("blobs/o/", parts);
    expect(await content(store)).toEqual([1, 2, 3, 4]);
  });

  it("says in the answer that the store is full, and keeps what it has", async () => {
    const store = new MemoryStore({ maxBytes: 2_000 });
    const actors = new LinkedActors(onStore(store));
    await actors.link();
    await actors.ask("CreateContainer", { id: "c" });
    await upload(actors, 1);
    await actors.ask("StartUpload", {
      chunk: { ...chunk(0, new Uint8Array(0), 5_000).chunk, chunkSize: 5_000 },
    });
    const full = await actors.ask("UploadChunk", chunk(0, new Uint8Array(5_000), 5_000));
    expect(full).toEqual({ success: false, error: "The memory store has room for 2000 bytes" });
    expect(await content(store)).toEqual([1, 1, 1, 1]);
  });

  it("refuses uploads beyond those that may be unfinished, and chunks beyond those of an object", async () => {
    const blobs = new StoreBlobs({ store: new MemoryStore(), maxUploads: 2, maxParts: 2 });
    await blobs.createContainer("c");
    const plan = (name: string) => ({ owner: "MA", container: "c", name, totalBytes: 3, partBytes: 1 });
    await blobs.startUpload(plan("a"));
    await blobs.startUpload(plan("b"));
    await blobs.startUpload(plan("b"));
    await expect(blobs.startUpload(plan("d"))).rejects.toMatchObject({ code: "storage.quota" });
    await blobs.uploadPart(plan("a"), 0, Uint8Array.of(1));
    await blobs.uploadPart(plan("a"), 1, Uint8Array.of(1));
    await expect(blobs.uploadPart(plan("a"), 2, Uint8Array.of(1))).rejects.toMatchObject({
      code: "provider.failure",
    });
  });

  it("refuses more downloads than may be under way", async () => {
    const provider = new BlobstoreProvider({
      blobs: () => new StoreBlobs({ store: new MemoryStore() }),
      maxDownloads: 1,
    });
    const actors = new LinkedActors(provider);
    await actors.link();
    await actors.ask("CreateContainer", { id: "c" });
    await upload(actors, 1);
    actors.answer = () => new Promise(() => undefined);
    const download = { blob_id: "f", container_id: "c", chunk_size: 1 };
    await actors.ask("StartDownload", download);
    await expect(actors.ask("StartDownload", download)).rejects.toMatchObject({
      code: "provider.overloaded",
    });
  });
});
