import { describe, expect, it } from "vitest";
import {
  encodePublicKey,
  generateSeed,
  KeyPair,
  supportsEd25519,
  verificationKey,
  verifySignature,
} from "../../../src/keys/index.ts";
import vectors from "../../vectors/keys.json" with { type: "json" };
import { errorOf } from "../claims/errors.ts";
import { fromHex, utf8 } from "../claims/hex.ts";
import { malleated } from "./malleate.ts";

const DATA = utf8("to be signed");

describe("key pair", () => {
  it.each(vectors.pairs)("of kind $kind comes from its seed", async ({ kind, seed, publicKey }) => {
    const pair = await KeyPair.fromSeed(seed);
    expect(pair.kind).toBe(kind);
    expect(pair.publicKey).toBe(publicKey);
  });

  it("comes from the seed of the nkeys documentation", async () => {
    const [seed, publicKey] = vectors.texts;
    expect((await KeyPair.fromSeed(seed?.text ?? "")).publicKey).toBe(publicKey?.text);
  });

  it("signs what its public key verifies", async () => {
    const pair = await KeyPair.generate("module");
    const signature = await pair.sign(DATA);
    expect(signature).toHaveLength(64);
    expect(await verifySignature(pair.publicKey, DATA, signature)).toBe(true);
    expect(await verifySignature(pair.publicKey, utf8("something else"), signature)).toBe(false);
  });

  it("has a private key that nobody can read", async () => {
    const generated = await KeyPair.generate("server");
    const imported = await KeyPair.fromSeed(generateSeed("server"));
    expect(await supportsEd25519()).toBe(true);
    expect(generated.signingKey?.extractable).toBe(false);
    expect(imported.signingKey?.extractable).toBe(false);
  });

  it("differs each time", async () => {
    const [one, two] = [await KeyPair.generate("server"), await KeyPair.generate("server")];
    expect(one.publicKey).not.toBe(two.publicKey);
  });

  it("signs data in shared memory", async () => {
    const pair = await KeyPair.generate("user");
    const shared = new Uint8Array(new SharedArrayBuffer(DATA.length));
    shared.set(DATA);
    expect(await pair.sign(shared)).toEqual(await pair.sign(DATA));
    expect(await verifySignature(pair.publicKey, shared, await pair.sign(DATA))).toBe(true);
  });
});

describe("verifySignature", () => {
  it.each([0, 63, 65])("says no to a signature of %d bytes", async (length) => {
    const { publicKey } = await KeyPair.generate("user");
    expect(await verifySignature(publicKey, DATA, new Uint8Array(length))).toBe(false);
  });

  it("says no to a signature whose scalar was shifted by the group order", async () => {
    const pair = await KeyPair.fromSeed(vectors.pairs[0]?.seed ?? "");
    const signature = await pair.sign(DATA);
    expect(await verifySignature(pair.publicKey, DATA, malleated(signature))).toBe(false);
  });

  it("says no to keys that are no point of the curve", async () => {
    const key = encodePublicKey("user", fromHex("02".padEnd(64, "0")));
    expect(await verifySignature(key, DATA, new Uint8Array(64))).toBe(false);
  });

  it("refuses what is no key", async () => {
    const error = await errorOf(() => verifySignature("N", DATA, new Uint8Array(64)));
    expect(error.code).toBe("keys.invalid");
  });

  it("imports a key once while it is among the last thousand, and again later", async () => {
    const keyNumber = (number: number) =>
      encodePublicKey("user", fromHex(number.toString(16).padStart(64, "0")));
    const first = await verificationKey(keyNumber(1));
    expect(await verificationKey(keyNumber(1))).toBe(first);
    for (let number = 2; number <= 1_000; number++) await verificationKey(keyNumber(number));
    expect(await verificationKey(keyNumber(1))).toBe(first);
    for (let number = 2; number <= 1_001; number++) await verificationKey(keyNumber(number));
    expect(await verificationKey(keyNumber(1))).not.toBe(first);
  });
});
