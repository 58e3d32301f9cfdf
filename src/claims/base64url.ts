import { base64url } from "jose";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const TEXT = /^[A-Za-z0-9_-]*$/;

/** URL-safe base64 without padding. */
export function encodeBase64url(bytes: Uint8Array): string {
  return base64url.encode(bytes);
}

/**
 * The bytes of a URL-safe base64 text, or undefined where it has padding, a stray character, an impossible length or
 * spare bits that are not zero. Stricter than jose, so that every token has exactly one text. Contracts section 2.4.
 */
export function decodeBase64url(text: string): Uint8Array | undefined {
  const rest = text.length % 4;
  if (rest === 1 || !TEXT.test(text)) return undefined;
  const spareBits = rest === 2 ? 4 : rest === 3 ? 2 : 0;
  if (spareBits > 0 && ALPHABET.indexOf(text.charAt(text.length - 1)) % (1 << spareBits) !== 0)
    return undefined;
  return base64url.decode(text);
}
