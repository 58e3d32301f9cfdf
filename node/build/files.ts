import { createHash, randomUUID } from "node:crypto";
import { readdir, readFile, rename, writeFile } from "node:fs/promises";
import { basename, dirname, join, relative } from "node:path";

/** The JSON in a file, yet to be checked. */
export async function readJson(file: string): Promise<unknown> {
  return JSON.parse(await readFile(file, "utf8"));
}

/** Writes a file at once: whoever reads beside this process never sees half of it. */
export async function replaceFile(file: string, contents: Uint8Array | string): Promise<void> {
  const temporary = join(dirname(file), `.${basename(file)}.${randomUUID()}`);
  await writeFile(temporary, contents);
  await rename(temporary, file);
}

/** A digest of texts that tells where one ends and the next begins. */
export function digest(parts: readonly string[]): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
}

/** A digest of the names and contents of all text files under a folder. */
export async function folderDigest(folder: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  const parts = await Promise.all(
    files.map(async (file) => [relative(folder, file), await readFile(file, "utf8")]),
  );
  return digest(parts.flat());
}
