import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { FolderStore } from "../../../node/storage/folder-store.ts";
import { lastingStoreDemands, storeDemands } from "../../conformance/store.ts";

let root: string;
const stores = new Map<string, FolderStore>();
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "weblattice-store-"));
});
afterEach(async () => {
  await Promise.all([...stores.values()].map((store) => store.close()));
  stores.clear();
  await rm(root, { recursive: true });
});

/** Opens a store again after it was closed. */
async function opened(name = "only"): Promise<FolderStore> {
  await stores.get(name)?.close();
  const store = await FolderStore.open(join(root, name));
  stores.set(name, store);
  return store;
}

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);

describe("the store in a folder, like every store", () => {
  it.each([...storeDemands, ...lastingStoreDemands].map((demand) => [demand.title, demand] as const))(
    "%s",
    async (_, demand) => {
      await demand.run(opened);
    },
  );
});

describe("the store in a folder", () => {
  it("has what was acknowledged when its process is killed", { timeout: 30_000 }, async () => {
    const folder = join(root, "only");
    const script = `
      import { FolderStore } from ${JSON.stringify(new URL("../../../node/storage/folder-store.ts", import.meta.url).href)};
      const store = await FolderStore.open(${JSON.stringify(folder)});
      for (let n = 1; ; n++) {
        await store.batch([
          { key: "one", value: Uint8Array.of(n) },
          { key: "two", value: Uint8Array.of(n) },
        ]);
        process.send(n);
      }`;
    const file = join(root, "writer.mts");
    await writeFile(file, script);
    const writer = fork(file, { execArgv: ["--import", "tsx"] });
    let acknowledged = 0;
    await new Promise<void>((resolve) => {
      writer.on("message", (n: number) => {
        acknowledged = n;
        if (n === 20) resolve();
      });
    });
    writer.kill("SIGKILL");
    await once(writer, "close");
    const store = await opened();
    const [[one = 0], [two]] = [(await store.get("one")) ?? [], (await store.get("two")) ?? []];
    expect(one).toBe(two);
    expect([acknowledged, acknowledged + 1]).toContain(one);
  });

  it("is for one at a time", async () => {
    const store = await opened();
    await expect(FolderStore.open(join(root, "only"))).rejects.toMatchObject({
      code: "storage.failed",
      message: expect.stringMatching(/ is in use$/),
    });
    await store.close();
    await store.close();
    for (const work of [store.set("a", bytes(1)), store.get("a"), store.list("")]) {
      await expect(work).rejects.toMatchObject({ code: "storage.failed" });
    }
  });

  it("is not opened where no folder can be, or what is there is something else", async () => {
    const file = join(root, "file");
    await writeFile(file, "");
    const other = join(root, "other");
    await mkdir(other);
    await writeFile(join(other, "CURRENT"), "nonsense");
    for (const folder of [file, other]) {
      await expect(FolderStore.open(folder)).rejects.toMatchObject({ code: "storage.failed" });
    }
  });
});
