import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "vite";
import { buildHttpFront, httpFrontFile } from "../../node/build/http-front.ts";
import { noNodeModules } from "../../node/build/no-node-modules.ts";

/** Where the built page is put. */
export const pageDirectory: string = fileURLToPath(new URL("../../build/bench", import.meta.url));

/** As in the build of the dashboard: actor workers are known by their file name. */
const output = {
  entryFileNames: "assets/[name]-[hash].js",
  chunkFileNames: "assets/[name]-[hash].js",
};

const httpFront = fileURLToPath(new URL("../../web/service-worker/http-front.ts", import.meta.url));

/** Builds the page and its workers the way the dashboard is built. */
export async function buildPage(): Promise<void> {
  await build({
    configFile: false,
    logLevel: "warn",
    root: fileURLToPath(new URL("page", import.meta.url)),
    base: "./",
    plugins: [noNodeModules()],
    worker: { format: "es", plugins: () => [noNodeModules()], rolldownOptions: { output } },
    build: {
      outDir: pageDirectory,
      emptyOutDir: true,
      target: "es2022",
      modulePreload: { polyfill: false },
      rolldownOptions: { output },
    },
  });
  writeFileSync(join(pageDirectory, httpFrontFile), await buildHttpFront(httpFront));
}
