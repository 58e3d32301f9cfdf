import { readFile, stat } from "node:fs/promises";
import { HostError, messageOf } from "../../src/index.ts";

/**
 * The bytes of a module or archive in a file, for manifests.
 *
 * @param maxBytes - a longer file is not read.
 * @returns undefined if there is no file of that name.
 * @throws HostError `module.fetch_failed`, `module.too_large`.
 */
export async function readArtifactFile(path: string, maxBytes: number): Promise<Uint8Array | undefined> {
  try {
    const found = await stat(path);
    if (!found.isFile()) throw new HostError("module.fetch_failed", `${path} is not a file`);
    if (found.size > maxBytes) {
      const message = `${path} has ${found.size} bytes, at most ${maxBytes} are taken`;
      throw new HostError("module.too_large", message, { details: { limit: maxBytes } });
    }
    return new Uint8Array(await readFile(path));
  } catch (error) {
    if (error instanceof HostError) throw error;
    if (isAbsence(error)) return undefined;
    throw new HostError("module.fetch_failed", `${path} could not be read: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

/** Nothing there, or a reference that cannot be the name of a file at all. */
function isAbsence(error: unknown): boolean {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return ["ENOENT", "ENOTDIR", "ENAMETOOLONG", "ERR_INVALID_ARG_VALUE"].includes(String(code));
}
