import { describe, expect, it } from "vitest";
import {
  decodePublicKey,
  decodeSeed,
  encodePublicKey,
  encodeSeed,
  generateSeed,
  isPublicKey,
  type KeyKind,
} from "../../../src/keys/index.ts";
import vectors from "../../vectors/keys.json" with { type: "json" };
import { errorOf } from "../claims/errors.ts";
import { fromHex, toHex } from "../claims/hex.ts";

const SERVER = "NAB2CB576PHBBPQ5ODORRZ2LYCMWPZGWGCN2KDK7DXOIMZASKUY3RSWB";
const SEED = "SNAAAAICAMCAKBQHBAEQUCYMBUHA6EARCIJRIFIWC4MBSGQ3DQOR4H2D5U";
const CRC = 0x1021;

describe("public key text", () => {
  it.each(vectors.pairs)("is reproduced for $kind", ({ kind, publicKey }) => {
    const decoded = decodePublicKey(publicKey);
    expect(decoded.kind).toBe(kind);
    expect(encodePublicKey(decoded.kind, decoded.raw)).toBe(publicKey);
  });

  it.each(vectors.fixed)("accepts the fixed identity %s", (key) => {
    expect(isPublicKey(key)).toBe(true);
  });

  it.each(vectors.texts)("has the documented bytes for $text", ({ text, hex }) => {
    const body = text.startsWith("S") ? decodeSeed(text).seed : decodePublicKey(text).raw;
    const prefixBytes = text.startsWith("S") ? 2 : 1;
    expect(toHex(body)).toBe(hex.slice(2 * prefixBytes, -4));
  });

  it.each<[KeyKind, string]>([
    ["server", "N"],
    ["module", "M"],
    ["service", "V"],
    ["account", "A"],
    ["operator", "O"],
    ["user", "U"],
    ["cluster", "C"],
  ])("of kind %s begins with %s", (kind, letter) => {
    const text = encodePublicKey(kind, new Uint8Array(32).fill(7));
    expect(text).toMatch(new RegExp(`^${letter}[A-Z2-7]{55}$`));
    expect(decodePublicKey(text).kind).toBe(kind);
    expect(isPublicKey(text, kind)).toBe(true);
    expect(isPublicKey(text, kind === "user" ? "server" : "user")).toBe(false);
    expect(generateSeed(kind)).toMatch(new RegExp(`^S${letter}[A-Z2-7]{56}$`));
  });

  it.each([
    ["one character less", SERVER.slice(1)],
    ["one character more", `${SERVER}A`],
    ["lower case", SERVER.toLowerCase()],
    ["padding", `${SERVER.slice(0, -1)}=`],
    ["a typing error", SERVER.replace("5", "6")],
    ["a surrogate pair", `${SERVER.slice(0, -2)}\u{1f600}`],
    ["a kind that is no public key", withPrefix(15 << 3)],
    ["an unknown kind", withPrefix(23 << 3)],
    ["nothing", ""],
  ])("is refused with %s", async (_, text) => {
    expect(isPublicKey(text)).toBe(false);
    expect(await errorOf(() => decodePublicKey(text))).toMatchObject({ code: "keys.invalid" });
  });

  it("is refused for keys that have not 32 bytes", async () => {
    expect(await errorOf(() => encodePublicKey("user", new Uint8Array(31)))).toMatchObject({
      code: "keys.invalid",
    });
  });
});

describe("seed text", () => {
  it.each(vectors.pairs)("is reproduced for $kind", ({ kind, seed, seedHex }) => {
    const decoded = decodeSeed(seed);
    expect(decoded.kind).toBe(kind);
    expect(toHex(decoded.seed)).toBe(seedHex);
    expect(encodeSeed(decoded.kind, fromHex(seedHex))).toBe(seed);
  });

  it.each([
    ["white space around it", ` ${SEED}`],
    ["a line break at its end", `${SEED.slice(0, -1)}\n`],
    ["spare bits that are not zero", `${SEED.slice(0, -1)}V`],
    ["a typing error", SEED.replace("C", "D")],
    ["the wrong mark", SEED.replace("S", "T")],
  ])("is refused with %s, and not quoted", async (_, text) => {
    const error = await errorOf(() => decodeSeed(text));
    expect(error.code).toBe("keys.invalid");
    expect(`${error.message} ${error.hint}`).not.toContain(text.slice(8, 20));
  });
});

/** A text with a right checksum and any prefix byte. */
function withPrefix(prefix: number): string {
  const bytes = [prefix, ...new Uint8Array(32)];
  let crc = 0;
  for (const byte of bytes) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit++) crc = ((crc << 1) ^ (crc & 0x8000 ? CRC : 0)) & 0xffff;
  }
  let bits = "";
  for (const byte of [...bytes, crc & 0xff, crc >> 8]) bits += byte.toString(2).padStart(8, "0");
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  return (bits.match(/.{5}/g) ?? []).map((group) => alphabet.charAt(Number.parseInt(group, 2))).join("");
}
