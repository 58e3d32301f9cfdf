import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type Rolldown } from "vite";
import { replaceFile } from "./files.ts";

/** Where the bundled script of Node's actor threads is put. */
export const nodeWorkerScript: URL = new URL("../../build/node/actor-worker.js", import.meta.url);

/**
 * Bundles the script of Node's actor threads, so that a thread starts without a TypeScript loader. Each file is
 * replaced at once: hosts that run beside this process start threads from it all the time.
 */
export async function buildNodeWorker(): Promise<void> {
  const result = await build({
    configFile: false,
    logLevel: "warn",
    root: fileURLToPath(new URL("../..", import.meta.url)),
    ssr: { noExternal: true },
    build: {
      ssr: fileURLToPath(new URL("../runtime/actor-worker.ts", import.meta.url)),
      write: false,
      target: "node20",
      rolldownOptions: { output: { entryFileNames: "actor-worker.js" } },
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
