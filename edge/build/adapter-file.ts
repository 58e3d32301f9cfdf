import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** The file of a module of this adapter, in the sources or in the built package. @param path - from here, no ending. */
export function adapterFile(path: string): string {
  const source = new URL(`${path}.ts`, import.meta.url);
  return fileURLToPath(existsSync(source) ? source : new URL(`${path}.js`, import.meta.url));
}
