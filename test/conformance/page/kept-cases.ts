import { BlobstoreProvider, KeyValueProvider, StoreBlobs, StoreRecords } from "../../../src/index.ts";
import { type FileAccess, IndexedDbStore, OriginFiles } from "../../../web/index.ts";
import { observeAll, type RunnableCase } from "../observe.ts";
import type { CaseOutcome } from "../outcome.ts";
import { blobstoreDemands } from "../providers/blobstore.ts";
import { same } from "../providers/demand.ts";
import { keyValueDemands } from "../providers/keyvalue.ts";
import { lastingStoreDemands, storeDemands } from "../store.ts";

/**
 * Runs the suites of what is kept against what this browser keeps it in. The cases of a suite run side by side: each
 * keeps its things apart.
 */
export async function runKeptCases(onCase: (title: string) => void): Promise<readonly CaseOutcome[]> {
  const outcomes: CaseOutcome[] = [];
  const suites = [stores(), keyValues(), files(), blobs(), blobs("sync"), blobs("async")];
  for (const suite of suites) {
    onCase(suite[0]?.title ?? "");
    outcomes.push(...(await observeAll(suite)));
  }
  return outcomes;
}

function stores(): RunnableCase[] {
  // Every demand that does not name its store wants an empty one.
  const open = async (name: string = crypto.randomUUID()) => new IndexedDbStore(name);
  return [...storeDemands, ...lastingStoreDemands].map(({ title, run }) => ({
    title: `IndexedDB: ${title}`,
    run: () => run(open),
  }));
}

/** One database for all; each case has a prefix of its own. */
const store = new IndexedDbStore("cases");
const lock = <T>(name: string, work: () => Promise<T>): Promise<T> => navigator.locks.request(name, work);

function keyValues(): RunnableCase[] {
  return keyValueDemands.map(({ title, run }) => ({
    title: `key-value on IndexedDB: ${title}`,
    run: () =>
      run(async ({ now, maxItems }) => {
        const records = new StoreRecords({ store, lock, now, prefix: `${crypto.randomUUID()}/` });
        return new KeyValueProvider({ records, now, maxItems });
      }),
  }));
}

function blobs(access?: FileAccess): RunnableCase[] {
  const where = access === undefined ? "on IndexedDB" : `in private files, ${access}`;
  return blobstoreDemands.map(({ title, run }) => ({
    title: `blobs ${where}: ${title}`,
    run: async () => {
      const files = access === undefined ? undefined : await openFiles(access);
      let prefix = "";
      await run(async ({ maxObjectBytes, again = false }) => {
        if (!again) prefix = `${crypto.randomUUID()}/`;
        // The objects of the demands are small.
        const options = { store, lock, prefix, files: async () => files, maxStoreBytes: 0 };
        return new BlobstoreProvider({
          blobs: (root) => new StoreBlobs({ ...options, root }),
          maxObjectBytes,
        });
      });
    },
  }));
}

function files(): RunnableCase[] {
  return (["sync", "async"] as const).map((access) => ({
    title: `private files, ${access}: what one tab writes, another reads, goes on with and removes at once`,
    run: async () => {
      const folder = crypto.randomUUID();
      const [one, other] = [await openFiles(access, folder), await openFiles(access, folder)];
      const file = crypto.randomUUID();
      for (let round = 0; round < 2; round++) {
        await one.write(file, 0, Uint8Array.of(1, 2));
        same(await other.read(file, 0, 9), Uint8Array.of(1, 2));
        await other.write(file, 2, Uint8Array.of(3));
        same(await one.read(file, 0, 9), Uint8Array.of(1, 2, 3));
        await one.remove(file);
        same(await other.list(), []);
      }
      same(await other.read(file, 0, 9), new Uint8Array(0));
    },
  }));
}

/** In a folder of their own: tidying one up would remove the files of the others. */
async function openFiles(access: FileAccess, folder: string = crypto.randomUUID()): Promise<OriginFiles> {
  const files = await OriginFiles.open({ folder, access: [access] });
  if (files !== undefined) return files;
  throw new Error(`private files cannot be written here: ${access}`);
}
