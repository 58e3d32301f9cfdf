import { fileURLToPath } from "node:url";
import { build } from "vite";
import { buildActors } from "../../node/build/actors.ts";
import { noNodeModules } from "../../node/build/no-node-modules.ts";
import { buildNodeWorker } from "../../node/build/node-worker.ts";
import { buildGuests } from "./guests/build-guests.ts";

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** The suite for browsers: a page and its workers. */
export const pageDirectory: string = at("../../build/conformance/page");
const nodeDirectory = at("../../build/conformance/node");
/** The suite for Node.js. */
export const nodeSuiteScript: string = `${nodeDirectory}/run-in-node.js`;

/** Actor workers get a policy of their own by their file name, as in the dashboard. */
const output = {
  entryFileNames: "assets/[name]-[hash].js",
  chunkFileNames: "assets/[name]-[hash].js",
};

/** Builds the guests and the suite for all engines. */
export async function buildSuite(): Promise<void> {
  await buildActors({ log: () => undefined });
  await Promise.all([buildGuests(), buildNodeWorker(), buildForNode(), buildForBrowsers()]);
}

async function buildForNode(): Promise<void> {
  await build({
    configFile: false,
    logLevel: "error",
    root: at("../.."),
    ssr: { noExternal: true, external: ["binaryen"] },
    build: {
      ssr: at("node/run-in-node.ts"),
      outDir: nodeDirectory,
      emptyOutDir: true,
      target: "node20",
      rolldownOptions: { output: { entryFileNames: "run-in-node.js" } },
    },
  });
}

async function buildForBrowsers(): Promise<void> {
  await build({
    configFile: false,
    logLevel: "error",
    root: at("page"),
    base: "./",
    plugins: [noNodeModules()],
    worker: { format: "es", plugins: () => [noNodeModules()], rolldownOptions: { output } },
    build: {
      outDir: pageDirectory,
      emptyOutDir: true,
      target: "es2022",
      minify: false,
      modulePreload: { polyfill: false },
      chunkSizeWarningLimit: 20_000,
      rolldownOptions: { output },
    },
  });
}
