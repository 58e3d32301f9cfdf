import { readdirSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";

/** The TypeScript files of some folders under a root, as path from the root and text. A missing folder is empty. */
export function readTree(root: string, folders: readonly string[]): Map<string, string> {
  const files = new Map<string, string>();
  const visit = (folder: string): void => {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      const path = posix.join(folder, entry.name);
      if (entry.isDirectory() && entry.name !== "node_modules") visit(path);
      else if (/\.tsx?$/.test(entry.name)) files.set(path, readFileSync(join(root, path), "utf8"));
    }
  };
  const present = readdirSync(root);
  for (const folder of folders) if (present.includes(folder)) visit(folder);
  return files;
}
