import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type Rolldown } from "vite";
import { replaceFile } from "./files.ts";

/** Where the bundled script of Node's actor threads is put. */
export const nodeWorkerScript: URL = new URL("../../build/node/actor-worker.js", import.meta.url);

/** Where the bundled script of the threads of portable providers is put. */
export const nodeProviderWorkerScript: URL = new URL("provider-worker.js", nodeWorkerScript);

/** Where the bundled script of the threads of graphs is put. */
export const nodeGraphWorkerScript: URL = new URL("graph-worker.js", nodeWorkerScript);

/** Not bundled: 15 MB, and it may be absent. */
const ENGINE = /^kuzu-wasm(\/|$)/;

/**
 * Bundles the scripts of Node's threads, so that a thread starts without a TypeScript loader. Each file is replaced at
 * once: hosts that run beside this process start threads from it all the time.
 */
export async function buildNodeWorker(): Promise<void> {
  await bundle("actor-worker");
  await bundle("provider-worker");
  await bundle("graph-worker");
}

async function bundle(name: string): Promise<void> {
  const result = await build({
    configFile: false,
    logLevel: "warn",
    root: fileURLToPath(new URL("../..", import.meta.url)),
    ssr: { noExternal: true },
    build: {
      ssr: fileURLToPath(new URL(`../runtime/${name}.ts`, import.meta.url)),
      write: false,
      target: "node20",
      rolldownOptions: { external: [ENGINE], output: { entryFileNames: `${name}.js` } },
    },
  });
  for (const { output } of [result].flat() as Rolldown.RolldownOutput[]) {
    // The script itself comes first and needs the others.
    for (const file of [...output].reverse()) {
      const path = fileURLToPath(new URL(file.fileName, nodeWorkerScript));
      await mkdir(dirname(path), { recursive: true });
      await replaceFile(path, file.type === "chunk" ? file.code : file.source);
    }
  }
}
