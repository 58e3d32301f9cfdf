import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import * as modern from "../../../src/keys/index.ts";
import vectors from "../../vectors/keys.json" with { type: "json" };
import { utf8 } from "../claims/hex.ts";
import { malleated } from "./malleate.ts";
import { withoutEd25519 } from "./without-ed25519.ts";

const DATA = utf8("to be signed");

describe("where WebCrypto has no Ed25519", () => {
  let old: typeof modern;

  beforeEach(async () => {
    vi.stubGlobal("crypto", withoutEd25519());
    vi.resetModules();
    old = await import("../../../src/keys/index.ts");
  });
  afterEach(() => {
    vi.unstubAllGlobals();
    vi.resetModules();
  });

  it("the probe says so", async () => {
    expect(await old.supportsEd25519()).toBe(false);
    expect(await old.verificationKey(vectors.pairs[0]?.publicKey ?? "")).toBeUndefined();
  });

  it.each(vectors.pairs)(
    "a key pair of kind $kind comes from its seed",
    async ({ kind, seed, publicKey }) => {
      const pair = await old.KeyPair.fromSeed(seed);
      expect(pair).toMatchObject({ kind, publicKey, signingKey: undefined });
    },
  );

  it.each(vectors.pairs)("kind $kind makes the same signatures", async ({ seed, publicKey }) => {
    const signature = await (await old.KeyPair.fromSeed(seed)).sign(DATA);
    expect(await old.verifySignature(publicKey, DATA, signature)).toBe(true);
    vi.unstubAllGlobals();
    expect(await (await modern.KeyPair.fromSeed(seed)).sign(DATA)).toEqual(signature);
  });

  it("generated keys sign and verify", async () => {
    const pair = await old.KeyPair.generate("service");
    const signature = await pair.sign(DATA);
    expect(await old.verifySignature(pair.publicKey, DATA, signature)).toBe(true);
    expect(await old.verifySignature(pair.publicKey, utf8("other"), signature)).toBe(false);
    expect(await old.verifySignature(pair.publicKey, DATA, malleated(signature))).toBe(false);
    expect(await old.verifySignature(pair.publicKey, DATA, signature.subarray(1))).toBe(false);
  });
});

describe("where there is no crypto.subtle at all", () => {
  afterEach(() => {
    vi.unstubAllGlobals();
    vi.resetModules();
  });

  it("the probe says no instead of failing", async () => {
    vi.stubGlobal("crypto", { getRandomValues: crypto.getRandomValues.bind(crypto) });
    vi.resetModules();
    const { supportsEd25519 } = await import("../../../src/keys/index.ts");
    expect(await supportsEd25519()).toBe(false);
  });
});
