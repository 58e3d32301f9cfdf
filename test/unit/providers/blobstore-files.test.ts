import { describe, expect, it } from "vitest";
import { HostError } from "../../../src/errors/index.ts";
import { BlobstoreProvider, StoreBlobs, type StoreBlobsOptions } from "../../../src/providers/index.ts";
import { MemoryStore, type StoreChange } from "../../../src/storage/index.ts";
import { blobstoreDemands } from "../../conformance/providers/blobstore.ts";
import { rows } from "../../conformance/providers/demand.ts";
import { LinkedActors } from "../../conformance/providers/linked-actor.ts";
import { FolderFiles } from "../../support/folder-files.ts";

describe("the blob store on files, like every one", () => {
  it.each(rows(blobstoreDemands))("%s", async (_, demand) => {
    const files = new FolderFiles();
    let store = new MemoryStore();
    await demand.run(async ({ maxObjectBytes, again = false }) => {
      if (!again) store = new MemoryStore();
      const blobs = (root: string) =>
        new StoreBlobs({ store, root, files: async () => files, maxStoreBytes: 0 });
      return new BlobstoreProvider({ blobs, maxObjectBytes });
    });
  });
});

/** Ends, as a killed tab does, before a step of a number: a write of the store or of a file, or a removal of a file. */
class Life {
  steps = Number.POSITIVE_INFINITY;

  step(): void {
    if (this.steps-- <= 0) throw new Error("the tab is gone");
  }
}

class DyingStore extends MemoryStore {
  readonly #life: Life;

  constructor(life: Life) {
    super();
    this.#life = life;
  }

  override async batch(changes: readonly StoreChange[]): Promise<void> {
    this.#life.step();
    await super.batch(changes);
  }
}

class DyingFiles extends FolderFiles {
  readonly #life: Life;
  failure: HostError | undefined;

  constructor(life: Life) {
    super();
    this.#life = life;
  }

  override async write(file: string, at: number, bytes: Uint8Array): Promise<void> {
    if (this.failure !== undefined) throw this.failure;
    this.#life.step();
    await super.write(file, at, bytes);
  }

  override async remove(file: string): Promise<void> {
    this.#life.step();
    await super.remove(file);
  }
}

const plan = { owner: "MA", container: "c", name: "f", totalBytes: 4, partBytes: 2 };
const all = (value: number): number[] => [value, value, value, value];

function setting(options: Partial<StoreBlobsOptions> = {}) {
  const life = new Life();
  const [store, files] = [new DyingStore(life), new DyingFiles(life)];
  const open = (more: Partial<StoreBlobsOptions> = {}): StoreBlobs =>
    new StoreBlobs({ store, files: async () => files, maxStoreBytes: 0, ...options, ...more });
  return { life, store, files, open };
}

async function upload(blobs: StoreBlobs, value: number): Promise<void> {
  await blobs.startUpload(plan);
  await blobs.uploadPart(plan, 0, Uint8Array.of(value, value));
  await blobs.uploadPart(plan, 1, Uint8Array.of(value, value));
}

async function content(blobs: StoreBlobs): Promise<number[] | undefined> {
  const reader = await blobs.open("c", "f");
  return reader === undefined ? undefined : [...(await reader.read(0, 10))];
}

describe("the blob store on files", () => {
  it.each([0, 1, 2, 3, 4, 5, 6])(
    "is whole after its tab was killed after %i steps of a replacement, and keeps no file in vain",
    async (steps) => {
      const { life, files, open } = setting();
      await open().createContainer("c");
      await upload(open(), 1);
      life.steps = steps;
      await upload(open(), 2).catch(() => undefined);
      life.steps = Number.POSITIVE_INFINITY;
      const later = open();
      await later.tidy();
      expect(await content(later)).toEqual(all(steps < 5 ? 1 : 2));
      // The object, and the upload while it can go on and has bytes.
      expect(await files.list()).toHaveLength(steps >= 2 && steps < 5 ? 2 : 1);
      await upload(later, 3);
      expect(await content(later)).toEqual(all(3));
      expect(await files.list()).toHaveLength(1);
      await later.remove("c", "f");
      expect(await files.list()).toEqual([]);
    },
  );

  it.each([0, 1, 2, 3, 4])(
    "is whole after its tab was killed after %i steps of replacing a file by what fits in the store",
    async (steps) => {
      const { life, files, open } = setting();
      await open().createContainer("c");
      await upload(open(), 1);
      life.steps = steps;
      await upload(open({ maxStoreBytes: 4 }), 2).catch(() => undefined);
      life.steps = Number.POSITIVE_INFINITY;
      const later = open();
      await later.tidy();
      expect(await content(later)).toEqual(all(steps < 3 ? 1 : 2));
      expect(await files.list()).toHaveLength(steps < 3 ? 1 : 0);
    },
  );

  it("goes on with an upload at the first part that was not acknowledged", async () => {
    const { life, open } = setting();
    await open().createContainer("c");
    await open().startUpload(plan);
    await open().uploadPart(plan, 0, Uint8Array.of(1, 1));
    life.steps = 1;
    await expect(open().uploadPart(plan, 1, Uint8Array.of(9, 9))).rejects.toThrow("the tab is gone");
    life.steps = Number.POSITIVE_INFINITY;
    await open().tidy();
    await open().uploadPart(plan, 1, Uint8Array.of(2, 2));
    expect(await content(open())).toEqual([1, 1, 2, 2]);
  });

  it("keeps a part that was acknowledged until the same one was sent again as a whole", async () => {
    const { life, open } = setting();
    await open().createContainer("c");
    await open().startUpload(plan);
    await open().uploadPart(plan, 0, Uint8Array.of(1, 1));
    life.steps = 1;
    await expect(open().uploadPart(plan, 0, Uint8Array.of(9, 9))).rejects.toThrow("the tab is gone");
    life.steps = Number.POSITIVE_INFINITY;
    await open().uploadPart(plan, 1, Uint8Array.of(2, 2));
    expect(await content(open())).toEqual([1, 1, 2, 2]);
  });

  it("takes no more room for a part that is sent again and again", async () => {
    const { files, open } = setting();
    await open().createContainer("c");
    await open().startUpload(plan);
    for (let round = 0; round < 10; round++) await open().uploadPart(plan, 0, Uint8Array.of(round, round));
    const [file = ""] = await files.list();
    expect((await files.read(file, 0, 100)).length).toBe(4);
  });

  it("gives up an upload without a new part for a day, whatever its root, and not before", async () => {
    let now = 1_000_000;
    const { files, store, open } = setting({ now: () => now });
    for (const blobs of [open(), open({ root: "other" })]) {
      await blobs.createContainer("c");
      await blobs.startUpload({ ...plan, token: "t" });
      await blobs.uploadPart(plan, 0, Uint8Array.of(1, 1));
    }
    now += 24 * 3_600_000;
    await open().tidy();
    expect(await files.list()).toHaveLength(2);
    now += 1;
    await open().tidy();
    expect(await files.list()).toEqual([]);
    expect((await store.list("")).map((key) => key.slice(0, 8))).toEqual(["blobs/c/", "blobs/c/"]);
    await expect(open().uploadPart(plan, 1, Uint8Array.of(2, 2))).rejects.toMatchObject({
      code: "provider.failure",
    });
  });

  it("tidies up when its first link is made, and each hour while there are uploads", async () => {
    let now = 1_000_000;
    const { files, open } = setting({ now: () => now });
    const leave = (): Promise<void> => files.write(crypto.randomUUID(), 0, Uint8Array.of(1));
    await leave();
    await new LinkedActors(new BlobstoreProvider({ blobs: () => open() })).link();
    await expect.poll(() => files.list()).toEqual([]);
    const blobs = open();
    await blobs.createContainer("c");
    await blobs.startUpload(plan);
    await leave();
    await blobs.startUpload(plan);
    expect(await files.list()).toHaveLength(1);
    now += 3_600_000;
    await blobs.startUpload(plan);
    await expect.poll(() => files.list()).toEqual([]);
  });

  it("says that there is no room, keeps what it has, and goes on when there is", async () => {
    const { files, open } = setting();
    await open().createContainer("c");
    await open().startUpload(plan);
    await open().uploadPart(plan, 0, Uint8Array.of(1, 1));
    files.failure = new HostError("storage.quota", "The browser has no room left for this site");
    await expect(open().uploadPart(plan, 1, Uint8Array.of(2, 2))).rejects.toMatchObject({
      code: "storage.quota",
    });
    expect(await content(open())).toBeUndefined();
    files.failure = undefined;
    await open().uploadPart(plan, 1, Uint8Array.of(2, 2));
    expect(await content(open())).toEqual([1, 1, 2, 2]);
  });

  it("finds what was kept before there were files, and removes what was kept in files that are gone", async () => {
    const { files, store, open } = setting();
    const without = open({ files: async () => undefined });
    await without.createContainer("c");
    await upload(without, 1);
    expect(await content(open())).toEqual(all(1));
    await upload(open(), 2);
    expect((await store.list("blobs/d/")).length).toBe(0);
    await expect(content(without)).rejects.toMatchObject({
      code: "storage.failed",
      message: "The bytes are in a file, and there are no files now",
    });
    expect(await without.remove("c", "f")).toBe(true);
    await open().tidy();
    expect(await files.list()).toEqual([]);
  });
});
