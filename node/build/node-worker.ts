import { fileURLToPath } from "node:url";
import { build } from "vite";

/** Where the bundled script of Node's actor threads is put. */
export const nodeWorkerScript: URL = new URL("../../build/node/actor-worker.js", import.meta.url);

/** Bundles the script of Node's actor threads into one file, so that a thread starts without a TypeScript loader. */
export async function buildNodeWorker(): Promise<void> {
  await build({
    configFile: false,
    logLevel: "warn",
    root: fileURLToPath(new URL("../..", import.meta.url)),
    ssr: { noExternal: true },
    build: {
      ssr: fileURLToPath(new URL("../runtime/actor-worker.ts", import.meta.url)),
      outDir: fileURLToPath(new URL(".", nodeWorkerScript)),
      emptyOutDir: true,
      target: "node20",
      rolldownOptions: { output: { entryFileNames: "actor-worker.js" } },
    },
  });
}
