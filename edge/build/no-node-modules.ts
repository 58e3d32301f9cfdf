/** Named by nats.ws, nkeys.js and binaryen in code for old versions of Node, which never runs here. */
const NAMES: readonly string[] = ["crypto", "util", "node:module", "binaryen"];

export const NO_NODE_MODULE = "\0weblattice-no-node-module";

export function isNodeModule(id: string): boolean {
  return NAMES.includes(id);
}

export function emptyNodeModule(): string {
  return "export default {};";
}
