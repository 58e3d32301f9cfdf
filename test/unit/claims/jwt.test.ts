import { beforeAll, describe, expect, it } from "vitest";
import { encodeJwt, verifyJwt } from "../../../src/claims/index.ts";
import type { KeyPair } from "../../../src/keys/index.ts";
import vectors from "../../vectors/claims.json" with { type: "json" };
import { malleated } from "../keys/malleate.ts";
import { errorOf } from "./errors.ts";
import { base64url, testKeys, tokenOf, withSegment } from "./tokens.ts";

const HEADER = '{"typ":"jwt","alg":"Ed25519"}';
const { jwt, payload } = vectors.invocation;

let server: KeyPair;
let common: { jti: string; iat: number; iss: string; sub: string };
beforeAll(async () => {
  server = (await testKeys()).server;
  common = { jti: "id", iat: 1_620_000_000, iss: server.publicKey, sub: "someone" };
});

describe("encodeJwt", () => {
  it("reproduces the token of the protocol bit for bit", async () => {
    expect(await encodeJwt(JSON.parse(payload), server)).toBe(jwt);
  });

  it("writes the exact header", async () => {
    const [header] = (await encodeJwt({}, server)).split(".");
    expect(header).toBe("eyJ0eXAiOiJqd3QiLCJhbGciOiJFZDI1NTE5In0");
  });
});

describe("verifyJwt", () => {
  it("reads the token of the protocol", async () => {
    const report = await verifyJwt(jwt);
    expect(report).toMatchObject({ signatureValid: true, expired: false, cannotUseYet: false });
    expect(report.payload).toEqual(JSON.parse(payload));
  });

  it("reports a wrong signature without throwing", async () => {
    const changed = withSegment(jwt, 2, base64url(new Uint8Array(64)));
    expect((await verifyJwt(changed)).signatureValid).toBe(false);
  });

  it("reports the signature of someone else as wrong", async () => {
    const { module } = await testKeys();
    expect((await verifyJwt(await encodeJwt(common, module))).signatureValid).toBe(false);
  });

  it("reports a signature with a shifted scalar as wrong", async () => {
    const signature = malleated(new Uint8Array(Buffer.from(jwt.split(".")[2] ?? "", "base64url")));
    expect((await verifyJwt(withSegment(jwt, 2, base64url(signature)))).signatureValid).toBe(false);
  });

  it.each([
    [{ exp: 99 }, true, false],
    [{ exp: 100 }, false, false],
    [{ nbf: 100 }, false, false],
    [{ nbf: 101 }, false, true],
    [{ exp: 1, nbf: 1_000 }, true, true],
    [{ exp: null, nbf: null }, false, false],
  ])("reports the dates %j at second 100", async (dates, expired, cannotUseYet) => {
    const token = await encodeJwt({ ...common, ...dates }, server);
    const report = await verifyJwt(token, { now: 100 });
    expect(report).toMatchObject({ expired, cannotUseYet, signatureValid: true });
  });

  it("counts fractions of a second", async () => {
    const token = await encodeJwt({ ...common, exp: 100 }, server);
    expect((await verifyJwt(token, { now: 100.001 })).expired).toBe(true);
  });

  it.each([
    ["no segments", "", "JWT error: invalid token format, expected 3 segments, found 1"],
    ["two segments", "a.b", "JWT error: invalid token format, expected 3 segments, found 2"],
    ["four segments", `${jwt}.AAAA`, "JWT error: invalid token format"],
    ["a padded signature", `${jwt}==`, /^Decode error: the signature/],
    ["a signature with a line break", `${jwt}\n`, /^Decode error: the signature/],
    ["a signature with spare bits", `${jwt.slice(0, -1)}x`, /^Decode error: the signature/],
    ["a signature of impossible length", `${jwt}AAA`, /^Decode error: the signature/],
    ["a header that is not base64url", withSegment(jwt, 0, "!!!"), /^Decode error: the header/],
    ["a header that is not UTF-8", withSegment(jwt, 0, base64url(Uint8Array.of(0xff))), /^UTF8 error: /],
    ["a header that is not JSON", withSegment(jwt, 0, base64url("{")), /^Serialization error: /],
    [
      "a header with a byte order mark",
      withSegment(jwt, 0, base64url(`\ufeff${HEADER}`)),
      /^Serialization error: /,
    ],
    [
      "a header without typ",
      withSegment(jwt, 0, base64url('{"alg":"Ed25519"}')),
      /^Serialization error: .*`typ`/,
    ],
    [
      "typ in capitals",
      withSegment(jwt, 0, base64url('{"typ":"JWT","alg":"Ed25519"}')),
      "JWT error: Invalid header",
    ],
    ["claims that are not base64url", withSegment(jwt, 1, "e"), /^Decode error: the claims/],
    ["claims that are no object", withSegment(jwt, 1, base64url("[]")), /^Serialization error: /],
    [
      "a signature of 63 bytes",
      withSegment(jwt, 2, base64url(new Uint8Array(63))),
      /^Decode error: .* 63 bytes/,
    ],
    ["no signature", withSegment(jwt, 2, ""), /^Decode error: .* 0 bytes/],
  ])("refuses %s", async (_, token, message) => {
    const error = await errorOf(() => verifyJwt(token));
    expect(error.code).toBe("jwt.malformed");
    expect(error.message).toMatch(message);
  });

  it.each(["EdDSA", "none", "HS256", "ed25519"])("refuses the algorithm %s", async (alg) => {
    const error = await errorOf(() =>
      verifyJwt(withSegment(jwt, 0, base64url(JSON.stringify({ typ: "jwt", alg })))),
    );
    expect(error.code).toBe("jwt.algorithm");
    expect(error.message).toBe("Invalid JWT algorithm. WASCAP only supports Ed25519");
  });

  it.each([
    [{ jti: undefined }, "Serialization error: missing field `jti`"],
    [{ iat: undefined }, "Serialization error: missing field `iat`"],
    [{ iss: undefined }, "Serialization error: missing field `iss`"],
    [{ sub: undefined }, "Serialization error: missing field `sub`"],
    [{ iat: 1.5 }, /^Serialization error: .*`iat`/],
    [{ iat: -1 }, /^Serialization error: .*`iat`/],
    [{ iat: "1" }, /^Serialization error: .*`iat`/],
    [{ exp: 1e300 }, /^Serialization error: .*`exp`/],
    [{ nbf: "soon" }, /^Serialization error: .*`nbf`/],
    [{ iss: "" }, "Invalid JWT. WASCAP requires an issuer claim to be present"],
    [{ sub: "" }, "Invalid JWT. WASCAP requires a sub claim to be present"],
    [{ iss: "nobody" }, /^Encryption error: /],
  ])("refuses claims with %o", async (change, message) => {
    const error = await errorOf(async () => verifyJwt(await encodeJwt({ ...common, ...change }, server)));
    expect(error.code).toBe("jwt.malformed");
    expect(error.message).toMatch(message);
  });

  it("accepts an issuer of any kind", async () => {
    const { service } = await testKeys();
    const report = await verifyJwt(await encodeJwt({ ...common, iss: service.publicKey }, service));
    expect(report.signatureValid).toBe(true);
  });

  it("refuses a key that occurs twice, however deep", async () => {
    const text = JSON.stringify(common).replace("{", '{"extra":[{"a":"\\":","a":1}],');
    const error = await errorOf(async () => verifyJwt(await tokenOf(HEADER, text, server)));
    expect(error.message).toBe("Serialization error: duplicate field");
  });

  it("accepts unknown keys, white space and escapes", async () => {
    const text = JSON.stringify({ ...common, more: { "a:b": ['":', "\\"], __proto__: 1 } }, undefined, 2);
    const report = await verifyJwt(
      await tokenOf('{ "alg" : "Ed25519", "typ":"jwt", "kid": "\\u0041" }', text, server),
    );
    expect(report.signatureValid).toBe(true);
  });

  it("refuses a token that is too long before looking at it", async () => {
    expect(await errorOf(() => verifyJwt("x".repeat(65_537)))).toMatchObject({ code: "jwt.malformed" });
    expect(await errorOf(() => verifyJwt(jwt, { maxLength: 100 }))).toMatchObject({ code: "jwt.malformed" });
  });

  it("survives nesting as deep as a token is long", async () => {
    const nested = `${"[".repeat(20_000)}${"]".repeat(20_000)}`;
    const text = JSON.stringify(common).replace("{", `{"deep":${nested},`);
    expect((await verifyJwt(await tokenOf(HEADER, text, server))).signatureValid).toBe(true);
  });

  it("refuses headers that ask for extensions", async () => {
    const header = '{"typ":"jwt","alg":"Ed25519","crit":["b64"],"b64":false}';
    const error = await errorOf(async () => verifyJwt(await tokenOf(header, JSON.stringify(common), server)));
    expect(error.code).toBe("jwt.malformed");
  });
});
