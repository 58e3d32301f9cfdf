import { HostError } from "../errors/index.ts";
import { decodeBase32, encodeBase32 } from "./base32.ts";
import { crc16 } from "./crc16.ts";
import { type KeyKind, kindOfPrefix, PREFIX_BYTES } from "./kinds.ts";

const PUBLIC_KEY_LENGTH = 56;
const SEED_LENGTH = 58;
const KEY_BYTES = 32;
const CHECKSUM_BYTES = 2;
const SEED_MARK = 18 << 3;

/** A public key taken apart. */
export interface DecodedPublicKey {
  readonly kind: KeyKind;
  /** The 32 bytes of the Ed25519 public key. */
  readonly raw: Uint8Array<ArrayBuffer>;
}

/** A seed taken apart. Secret. */
export interface DecodedSeed {
  readonly kind: KeyKind;
  /** The 32 bytes of the Ed25519 seed. */
  readonly seed: Uint8Array<ArrayBuffer>;
}

/**
 * The text of a public key: 56 characters, the first of which tells the kind. Protocol section 1.1.
 * @throws HostError `keys.invalid` unless `raw` has 32 bytes
 */
export function encodePublicKey(kind: KeyKind, raw: Uint8Array): string {
  return encodeChecked([PREFIX_BYTES[kind]], raw);
}

/**
 * Takes a public key apart. Strict, unlike first-party hosts: length, alphabet, spare bits, kind and checksum must
 * all be right.
 * @throws HostError `keys.invalid`
 */
export function decodePublicKey(text: string): DecodedPublicKey {
  if (text.length !== PUBLIC_KEY_LENGTH) {
    throw invalid(`Invalid public key length: ${text.length}`, "A public key has 56 characters.");
  }
  const bytes = decodeChecked(text, "public key");
  const prefix = bytes[0] ?? 0;
  const kind = kindOfPrefix(prefix);
  if (kind === undefined) throw invalid(`Invalid byte prefix: Not a valid public key prefix: ${prefix}`);
  return { kind, raw: bytes.slice(1) };
}

/** Whether a text is a valid public key, and of the given kind where one is given. */
export function isPublicKey(text: string, kind?: KeyKind): boolean {
  if (text.length !== PUBLIC_KEY_LENGTH) return false;
  const bytes = decodeBase32(text);
  if (bytes === undefined || !checksumHolds(bytes)) return false;
  const actual = kindOfPrefix(bytes[0] ?? 0);
  return actual !== undefined && (kind === undefined || actual === kind);
}

/**
 * The text of a seed: 58 characters that begin with `S` and the letter of the kind. Secret. Protocol section 1.1.
 * @throws HostError `keys.invalid` unless `seed` has 32 bytes
 */
export function encodeSeed(kind: KeyKind, seed: Uint8Array): string {
  const prefix = PREFIX_BYTES[kind];
  return encodeChecked([SEED_MARK | (prefix >> 5), (prefix & 31) << 3], seed);
}

/**
 * Takes a seed apart. White space around it is not tolerated: trim what comes from a file.
 * @throws HostError `keys.invalid`; the text never quotes the seed
 */
export function decodeSeed(text: string): DecodedSeed {
  if (text.length !== SEED_LENGTH) {
    throw invalid(`Invalid seed length: Bad seed length: ${text.length}`, "A seed has 58 characters.");
  }
  const bytes = decodeChecked(text, "seed");
  const [first = 0, second = 0] = bytes;
  const kind = kindOfPrefix(((first & 7) << 5) | (second >> 3));
  if ((first & 0xf8) !== SEED_MARK || (second & 7) !== 0 || kind === undefined) {
    throw invalid(
      "Invalid byte prefix: Not a seed",
      "A seed begins with S and the letter of its kind, as in SA…",
    );
  }
  return { kind, seed: bytes.slice(2) };
}

/** A new random seed as text. Secret: keep it where only its owner can read it. */
export function generateSeed(kind: KeyKind): string {
  return encodeSeed(kind, crypto.getRandomValues(new Uint8Array(KEY_BYTES)));
}

function encodeChecked(prefix: readonly number[], key: Uint8Array): string {
  if (key.length !== KEY_BYTES) throw invalid(`An Ed25519 key has ${KEY_BYTES} bytes, not ${key.length}`);
  const body = Uint8Array.of(...prefix, ...key);
  const crc = crc16(body);
  return encodeBase32(Uint8Array.of(...body, crc & 0xff, crc >> 8));
}

function decodeChecked(text: string, what: string): Uint8Array<ArrayBuffer> {
  const bytes = decodeBase32(text);
  if (bytes === undefined) {
    throw invalid(
      `The ${what} is not base32`,
      "Only A to Z and 2 to 7 occur in it; check for a typing error.",
    );
  }
  if (!checksumHolds(bytes)) {
    throw invalid(`The checksum of the ${what} is wrong`, "Check it for a typing error.");
  }
  return bytes.slice(0, -CHECKSUM_BYTES);
}

function checksumHolds(bytes: Uint8Array): boolean {
  const crc = crc16(bytes.subarray(0, -CHECKSUM_BYTES));
  return bytes.at(-2) === (crc & 0xff) && bytes.at(-1) === crc >> 8;
}

function invalid(message: string, hint?: string): HostError {
  return new HostError("keys.invalid", message, hint === undefined ? {} : { hint });
}
