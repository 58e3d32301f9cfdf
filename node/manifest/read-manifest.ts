import { readFile } from "node:fs/promises";
import {
  type Environment,
  HostError,
  type Manifest,
  manifestFormat,
  parseManifest,
} from "../../src/index.ts";

/**
 * Reads the manifest in a file, with variables put in. Protocol section 11.5.
 *
 * @throws HostError `input.invalid`, `input.too_large`.
 */
export async function readManifest(path: string, environment: Environment): Promise<Manifest> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (cause) {
    throw new HostError("input.invalid", "Manifest file could not be opened.", {
      hint: `Check the path: ${path}`,
      cause,
    });
  }
  return parseManifest(text, { format: manifestFormat(path), environment });
}
