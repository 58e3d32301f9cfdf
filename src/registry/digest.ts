import { sha256Hex } from "../claims/index.ts";
import { HostError } from "../errors/index.ts";

const SHA256 = /^sha256:[0-9a-f]{64}$/;

/** Whether a text is a digest of the only algorithm in use, `sha256:` and 64 lower-case hexadecimal digits. */
export function isDigest(text: string): boolean {
  return SHA256.test(text);
}

/**
 * The digest of bytes, as registries write it.
 * @throws HostError `host.unsupported` in a page without a secure context
 */
export async function digestOf(bytes: Uint8Array): Promise<string> {
  return `sha256:${(await sha256Hex(bytes)).toLowerCase()}`;
}

/**
 * Refuses bytes that are not those of a digest. Protocol section 13.1 S11.
 * @param what what the bytes are, to begin the message with
 * @throws HostError `registry.digest_mismatch`
 */
export async function checkDigest(bytes: Uint8Array, expected: string, what: string): Promise<void> {
  const actual = await digestOf(bytes);
  if (actual === expected) return;
  throw new HostError("registry.digest_mismatch", `${what} has the digest ${actual}, not ${expected}`, {
    hint: "Somebody on the way changed it, or the registry is damaged. It was not used.",
    details: { expected, actual },
  });
}
