import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { atProcessEnd } from "./process-end.ts";

/** A temporary folder that is gone when it is removed or when this process ends. */
export interface ScratchFolder {
  readonly path: string;
  remove(): void;
}

/** Makes a temporary folder. */
export function makeScratchFolder(name: string): ScratchFolder {
  const path = mkdtempSync(join(tmpdir(), `weblattice-${name}-`));
  const removeNow = (): void => rmSync(path, { recursive: true, force: true });
  const withdraw = atProcessEnd(removeNow);
  return {
    path,
    remove() {
      withdraw();
      removeNow();
    },
  };
}
