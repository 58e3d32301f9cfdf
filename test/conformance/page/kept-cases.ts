import { BlobstoreProvider, KeyValueProvider, StoreBlobs, StoreRecords } from "../../../src/index.ts";
import { type FileAccess, IndexedDbStore, OriginFiles } from "../../../web/index.ts";
import { observe } from "../observe.ts";
import type { CaseOutcome } from "../outcome.ts";
import { blobstoreDemands } from "../providers/blobstore.ts";
import { keyValueDemands } from "../providers/keyvalue.ts";
import { lastingStoreDemands, storeDemands } from "../store.ts";

interface KeptCase {
  readonly title: string;
  readonly run: () => Promise<void>;
}

/**
 * Runs the suites of what is kept against what this browser keeps it in. The cases of a suite run side by side: each
 * keeps its things apart, and they wait for the disk more than they work.
 */
export async function runKeptCases(onCase: (title: string) => void): Promise<readonly CaseOutcome[]> {
  const outcomes: CaseOutcome[] = [];
  for (const suite of [stores(), keyValues(), blobs(), blobs("sync"), blobs("async")]) {
    onCase(suite[0]?.title ?? "");
    const started = performance.now();
    const found = await Promise.all(suite.map(({ title, run }) => observe({ title }, run)));
    // Each has its share of the time of all.
    const milliseconds = Math.round((performance.now() - started) / suite.length);
    outcomes.push(...found.map((outcome) => ({ ...outcome, milliseconds })));
  }
  return outcomes;
}

function stores(): KeptCase[] {
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

function keyValues(): KeptCase[] {
  return keyValueDemands.map(({ title, run }) => ({
    title: `key-value on IndexedDB: ${title}`,
    run: () =>
      run(async ({ now, maxItems }) => {
        const records = new StoreRecords({ store, lock, now, prefix: `${crypto.randomUUID()}/` });
        return new KeyValueProvider({ records, now, maxItems });
      }),
  }));
}

function blobs(access?: FileAccess): KeptCase[] {
  const where = access === undefined ? "on IndexedDB" : `in private files, ${access}`;
  return blobstoreDemands.map(({ title, run }) => ({
    title: `blobs ${where}: ${title}`,
    run: async () => {
      const files = access === undefined ? undefined : await openFiles(access);
      let prefix = "";
      await run(async ({ maxObjectBytes, again = false }) => {
        if (!again) prefix = `${crypto.randomUUID()}/`;
        const options = { store, lock, prefix, files: async () => files };
        return new BlobstoreProvider({
          blobs: (root) => new StoreBlobs({ ...options, root }),
          maxObjectBytes,
        });
      });
    },
  }));
}

/** In a folder of their own: tidying one up would remove the files of the others. */
async function openFiles(access: FileAccess): Promise<OriginFiles> {
  const files = await OriginFiles.open({ folder: crypto.randomUUID(), access: [access] });
  if (files !== undefined) return files;
  throw new Error(`private files cannot be written here: ${access}`);
}
