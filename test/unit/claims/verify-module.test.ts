import { beforeAll, describe, expect, it } from "vitest";
import {
  embedToken,
  encodeJwt,
  extractToken,
  moduleHash,
  verifyActorModule,
} from "../../../src/claims/index.ts";
import type { KeyPair } from "../../../src/keys/index.ts";
import { errorOf } from "./errors.ts";
import { resigned, testKeys, withSegment } from "./tokens.ts";
import { custom, guest, guestSections, leb, name, section, wasm } from "./wasm.ts";

const NOW = 1_700_000_000;
const WRONG_SIGNATURE = "A".repeat(86);
let keys: Awaited<ReturnType<typeof testKeys>>;
let token: string;
beforeAll(async () => {
  keys = await testKeys();
  token = await tokenFor(guest());
});

/** A token about a module, with other claims where wanted. */
async function tokenFor(
  module: Uint8Array,
  changes: object = {},
  issuer: KeyPair = keys.account,
): Promise<string> {
  const common = { jti: "id", iat: NOW, iss: issuer.publicKey, sub: keys.module.publicKey };
  const wascap = { hash: await moduleHash(module), caps: [], prov: false };
  return encodeJwt({ ...common, wascap, ...changes }, issuer);
}

describe("verifyActorModule", () => {
  it("accepts a signed guest, and gives back the very bytes", async () => {
    const bytes = embedToken(guest(), token);
    const verified = await verifyActorModule(bytes, { now: NOW });
    expect(verified.bytes).toBe(bytes);
    expect(verified.token).toBe(token);
    expect(verified.claims).toMatchObject({ subject: keys.module.publicKey, issuer: keys.account.publicKey });
  });

  it("accepts the token anywhere", async () => {
    await verifyActorModule(embedToken(guest(), token, 8), { now: NOW });
  });

  it("refuses a module that is too large before reading it", async () => {
    const error = await errorOf(() => verifyActorModule(new Uint8Array(11), { maxBytes: 10 }));
    expect(error.code).toBe("module.too_large");
  });

  const hashText = "Invalid module hash";
  it.each<[string, () => Uint8Array | Promise<Uint8Array>, string, string | RegExp]>([
    ["a damaged module", () => embedToken(guest(), token).subarray(0, -1), "module.malformed", /^Malformed/],
    [
      "an unsigned module",
      guest,
      "module.unsigned",
      "Unable to extract embedded token from WebAssembly module",
    ],
    [
      "a second token",
      () => embedToken(embedToken(guest(), token), token),
      "module.duplicate_token",
      /2 embedded/,
    ],
    ["a token that is none", () => embedToken(guest(), "a.b"), "jwt.malformed", /^JWT error/],
    [
      "a token without metadata",
      async () => embedToken(guest(), await tokenFor(guest(), { wascap: null })),
      "claims.malformed",
      "Invalid JWT algorithm. WASCAP only supports Ed25519",
    ],
    ["a token about another module", () => embedToken(wasm(), token), "module.hash_mismatch", hashText],
    [
      "a section appended after signing",
      () => Uint8Array.of(...embedToken(guest(), token), ...custom("more")),
      "module.hash_mismatch",
      hashText,
    ],
    [
      "a section size padded after signing",
      () =>
        embedToken(wasm(custom("first", [1, 2, 3], 5), ...guestSections(), custom("producers", [4])), token),
      "module.hash_mismatch",
      hashText,
    ],
    [
      "claims in lower-case hash",
      async () => {
        const hash = (await moduleHash(guest())).toLowerCase();
        return embedToken(guest(), await tokenFor(guest(), { wascap: { hash, prov: false } }));
      },
      "module.hash_mismatch",
      hashText,
    ],
    [
      "claims of tomorrow",
      async () => embedToken(guest(), await tokenFor(guest(), { nbf: NOW + 1 })),
      "claims.not_yet_valid",
      "Actor claims cannot be used yet",
    ],
    [
      "claims of yesterday",
      async () => embedToken(guest(), await tokenFor(guest(), { exp: NOW - 1 })),
      "claims.expired",
      "Actor claims have expired",
    ],
    [
      "a wrong signature",
      () => embedToken(guest(), withSegment(token, 2, WRONG_SIGNATURE)),
      "jwt.signature",
      "Actor claims token has invalid signature",
    ],
    [
      "an issuer that is no account",
      async () => embedToken(guest(), await tokenFor(guest(), {}, keys.server)),
      "claims.malformed",
      /issuer/,
    ],
    [
      "a subject that is no module",
      async () => embedToken(guest(), await tokenFor(guest(), { sub: keys.service.publicKey })),
      "claims.malformed",
      /subject/,
    ],
  ])("refuses %s", async (_, module, code, message) => {
    const bytes = await module();
    const error = await errorOf(() => verifyActorModule(bytes, { now: NOW }));
    expect(error.code).toBe(code);
    expect(error.message).toMatch(message);
    if (typeof message === "string") expect(error.message).toBe(message);
    expect(error.code.startsWith("jwt.m") || error.hint !== undefined).toBe(true);
  });

  it("reports the first problem in the order of first-party hosts", async () => {
    const bad = { nbf: NOW + 1, exp: NOW - 1, sub: "nobody" };
    const forged = withSegment(await tokenFor(guest(), bad), 2, WRONG_SIGNATURE);
    const codeOf = async (bytes: Uint8Array, now: number) =>
      (await errorOf(() => verifyActorModule(bytes, { now }))).code;
    expect(await codeOf(embedToken(wasm(), forged), NOW)).toBe("module.hash_mismatch");
    expect(await codeOf(embedToken(guest(), forged), NOW)).toBe("claims.not_yet_valid");
    expect(await codeOf(embedToken(guest(), forged), NOW + 2)).toBe("claims.expired");
    const undated = withSegment(await tokenFor(guest(), { sub: "nobody" }), 2, WRONG_SIGNATURE);
    expect(await codeOf(embedToken(guest(), undated), NOW)).toBe("jwt.signature");
  });

  it.each([
    ["nothing", null],
    ["another function", section(7, [1, ...name("other"), 0, 0])],
    ["a memory of that name", section(7, [1, ...name("__guest_call"), 2, 0])],
  ])("refuses a module that exports %s", async (_, exports) => {
    const module = wasm(...guestSections({ exports }));
    const bytes = embedToken(module, await tokenFor(module));
    expect((await errorOf(() => verifyActorModule(bytes, { now: NOW }))).code).toBe("module.no_guest_call");
  });

  it.each([
    ["cut short", [...leb(3), ...name("a"), 0, 0]],
    ["empty", []],
  ])("refuses a module whose exports are %s", async (_, content) => {
    const module = wasm(...guestSections({ exports: section(7, content) }));
    const bytes = embedToken(module, await tokenFor(module));
    expect((await errorOf(() => verifyActorModule(bytes, { now: NOW }))).code).toBe("module.malformed");
  });

  it("accepts claims changed and signed again, as any account may", async () => {
    const changed = await resigned(
      extractToken(embedToken(guest(), token)).token,
      { exp: NOW + 60 },
      keys.account,
    );
    expect((await verifyActorModule(embedToken(guest(), changed), { now: NOW })).claims.expires).toBe(
      NOW + 60,
    );
  });
});
