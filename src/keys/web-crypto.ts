import { decodeHex } from "./hex.ts";

// RFC 8032, section 7.1, test 1: the signature of the empty message.
const PROBE_KEY = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
const PROBE_SIGNATURE =
  "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b";

let probe: Promise<boolean> | undefined;

/**
 * Whether WebCrypto signs and verifies with Ed25519 here, found out once by verifying a known signature. Where it
 * does not, keys work all the same, 25 to 400 times slower, through nkeys.js.
 */
export function supportsEd25519(): Promise<boolean> {
  probe ??= verifyProbe();
  return probe;
}

async function verifyProbe(): Promise<boolean> {
  try {
    const key = await crypto.subtle.importKey("raw", decodeHex(PROBE_KEY), "Ed25519", false, ["verify"]);
    return await crypto.subtle.verify("Ed25519", key, decodeHex(PROBE_SIGNATURE), new Uint8Array());
  } catch {
    // Whatever it says (no `subtle` in an insecure page, an unknown algorithm), the answer is no.
    return false;
  }
}

/** The same bytes in memory that WebCrypto accepts: shared memory is copied, anything else is returned as it is. */
export function unshared(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return bytes.buffer instanceof ArrayBuffer ? (bytes as Uint8Array<ArrayBuffer>) : new Uint8Array(bytes);
}
