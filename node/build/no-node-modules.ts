import type { Plugin } from "vite";

const NAMES: readonly string[] = ["crypto", "util", "node:module"];
const EMPTY = "\0no-node-module";

/**
 * Puts an empty module in place of the Node modules that nats.ws, nkeys.js and binaryen name in code for Node, which
 * never runs in a browser. The bundler's own replacement fails inside worker bundles.
 */
export function noNodeModules(): Plugin {
  return {
    name: "weblattice-no-node-modules",
    enforce: "pre",
    resolveId: (id) => (NAMES.includes(id) ? EMPTY : undefined),
    load: (id) => (id === EMPTY ? "export default {};" : undefined),
  };
}
