import { fileURLToPath } from "node:url";
import { defineConfig, type UserConfig } from "vite";
import { dashboardPlugin } from "./node/build/dashboard-plugin.ts";
import { noNodeModules } from "./node/build/no-node-modules.ts";

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** Actor workers get a policy of their own by their file name, so names of chunks stay recognizable. */
const output = {
  entryFileNames: "assets/[name]-[hash].js",
  chunkFileNames: "assets/[name]-[hash].js",
  assetFileNames: "assets/[name]-[hash][extname]",
};

const config: UserConfig = {
  root: at("web"),
  base: "./",
  appType: "mpa",
  plugins: [
    noNodeModules(),
    dashboardPlugin({ actors: at("build/actors"), httpFront: at("web/service-worker/http-front.ts") }),
  ],
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  worker: { format: "es", plugins: () => [noNodeModules()], rolldownOptions: { output } },
  build: {
    outDir: at("build/dashboard"),
    emptyOutDir: true,
    target: "es2022",
    sourcemap: true,
    modulePreload: { polyfill: false },
    rolldownOptions: { output },
  },
  server: { host: "127.0.0.1" },
  preview: { host: "127.0.0.1" },
};

export default defineConfig(config);
