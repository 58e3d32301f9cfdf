import { accessSync, constants, statSync } from "node:fs";
import { delimiter, isAbsolute, join } from "node:path";

/** The first executable file of that name on PATH or in the extra folders; `undefined` when there is none. */
export function findCommand(name: string, extraFolders: readonly string[] = []): string | undefined {
  if (isAbsolute(name)) return isExecutable(name) ? name : undefined;
  const onPath = (process.env["PATH"] ?? "").split(delimiter).filter((folder) => folder !== "");
  return [...onPath, ...extraFolders].map((folder) => join(folder, name)).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false; // absent or not ours to run: not a candidate
  }
}
