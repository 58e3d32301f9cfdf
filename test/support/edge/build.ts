import { rm } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build } from "vite";
import { type EdgePluginOptions, weblatticeEdge } from "../../../edge/build/vite-plugin.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));

/** The worker of the tests, built. */
export const testWorker: string = `${root}build/edge-test/worker`;
/** The same with guests that were rewritten to wait. */
export const asyncifiedWorker: string = `${root}build/edge-test/asyncified`;

/** Builds a worker as users do. @param entry - path below the root of the project. */
export async function buildWorker(
  entry: string,
  outDir: string,
  options: Omit<EdgePluginOptions, "entry"> = {},
): Promise<void> {
  await rm(outDir, { recursive: true, force: true });
  await build({
    configFile: false,
    logLevel: "error",
    root,
    plugins: [weblatticeEdge({ entry, ...options })],
    build: { outDir, emptyOutDir: true },
  });
}
