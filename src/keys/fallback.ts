import { decodePublicKey, encodePublicKey, encodeSeed } from "./text.ts";

// The order of the Ed25519 group, little endian.
const ORDER_LOW = [
  0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14,
] as const;
const ORDER: Uint8Array = Uint8Array.of(...ORDER_LOW, ...new Uint8Array(15), 0x10);

/** What signs where WebCrypto has no Ed25519. */
export interface FallbackSigner {
  /** The 32 bytes of the public key. */
  readonly raw: Uint8Array;
  sign(data: Uint8Array): Uint8Array<ArrayBuffer>;
}

/**
 * A signer in JavaScript. nkeys.js refuses the `M` and `V` kinds, so it is given the seed as that of a user: the
 * kind is only in the text of a key, not in its mathematics.
 */
export async function fallbackSigner(seed: Uint8Array): Promise<FallbackSigner> {
  const { fromSeed } = await import("nkeys.js");
  const pair = fromSeed(new TextEncoder().encode(encodeSeed("user", seed)));
  return {
    raw: decodePublicKey(pair.getPublicKey()).raw,
    sign: (data) => new Uint8Array(pair.sign(data)),
  };
}

/** Verifies in JavaScript, with the same answers as WebCrypto. */
export async function fallbackVerify(
  raw: Uint8Array,
  data: Uint8Array,
  signature: Uint8Array,
): Promise<boolean> {
  if (!scalarInRange(signature.subarray(32))) return false;
  const { fromPublic } = await import("nkeys.js");
  return fromPublic(encodePublicKey("user", raw)).verify(data, signature);
}

/** tweetnacl accepts S + L in place of S, WebCrypto does not: two texts of one signature. */
function scalarInRange(scalar: Uint8Array): boolean {
  for (let index = ORDER.length - 1; index >= 0; index--) {
    const difference = (scalar[index] ?? 0) - (ORDER[index] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}
