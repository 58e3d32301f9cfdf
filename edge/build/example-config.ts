import { fileURLToPath } from "node:url";
import type { UserConfig } from "vite";
import { weblatticeEdge } from "./vite-plugin.ts";

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** Vite's configuration for the example worker. */
const config: UserConfig = {
  root: at("../example"),
  plugins: [weblatticeEdge({ entry: at("../example/worker.ts") })],
  build: { outDir: at("../../build/edge"), emptyOutDir: true },
};

export default config;
