import { HostError } from "../errors/index.ts";
import { fallbackVerify } from "./fallback.ts";
import { decodePublicKey } from "./text.ts";
import { supportsEd25519, unshared } from "./web-crypto.ts";

const CACHE_LIMIT = 1_000;
const SIGNATURE_BYTES = 64;

// Least recently used first. Importing costs about as much as verifying, and the same few keys sign everything.
const imported = new Map<string, Promise<CryptoKey>>();

/**
 * The CryptoKey that verifies signatures of a public key, imported once and kept among the last 1,000 used; undefined
 * where WebCrypto has no Ed25519.
 * @throws HostError `keys.invalid`
 */
export async function verificationKey(publicKey: string): Promise<CryptoKey | undefined> {
  if (!(await supportsEd25519())) return undefined;
  const known = imported.get(publicKey);
  const key = known ?? importRaw(publicKey);
  imported.delete(publicKey);
  imported.set(publicKey, key);
  const [oldest] = imported.keys();
  if (imported.size > CACHE_LIMIT && oldest !== undefined) imported.delete(oldest);
  try {
    return await key;
  } catch (error) {
    imported.delete(publicKey);
    throw error;
  }
}

/**
 * Whether a signature (64 bytes, else the answer is no) over the data was made by the owner of a public key of any
 * kind.
 * @throws HostError `keys.invalid` where the public key is not one
 */
export async function verifySignature(
  publicKey: string,
  data: Uint8Array,
  signature: Uint8Array,
): Promise<boolean> {
  const key = await verificationKey(publicKey);
  const { raw } = decodePublicKey(publicKey);
  if (signature.length !== SIGNATURE_BYTES) return false;
  if (key === undefined) return fallbackVerify(raw, data, signature);
  return crypto.subtle.verify("Ed25519", key, unshared(signature), unshared(data));
}

async function importRaw(publicKey: string): Promise<CryptoKey> {
  const { raw } = decodePublicKey(publicKey);
  try {
    return await crypto.subtle.importKey("raw", raw, "Ed25519", false, ["verify"]);
  } catch (cause) {
    // Some engines look at import whether the bytes are a point of the curve.
    throw new HostError("keys.invalid", "The public key is not an Ed25519 key", { cause });
  }
}
