import { beforeAll, describe, expect, it } from "vitest";
import {
  type Entity,
  encodeJwt,
  entityUrl,
  type Invocation,
  invocationHash,
  signInvocation,
  targetUrl,
  verifyInvocation,
} from "../../../src/claims/index.ts";
import type { KeyPair } from "../../../src/keys/index.ts";
import vectors from "../../vectors/claims.json" with { type: "json" };
import { errorOf } from "./errors.ts";
import { fromHex } from "./hex.ts";
import { resigned, testKeys, withSegment } from "./tokens.ts";

const SYSTEM: Entity = { kind: "actor", id: "system" };
const vector = vectors.invocation;
const call = { operation: vector.operation, payload: fromHex(vector.messageHex) };

let keys: Awaited<ReturnType<typeof testKeys>>;
let actor: Entity;
let signed: Invocation;
beforeAll(async () => {
  keys = await testKeys();
  actor = { kind: "actor", id: keys.module.publicKey };
  signed = await signInvocation({ origin: SYSTEM, target: actor, ...call }, keys.server, {
    id: vector.id,
    jti: "KjK2bHf1Vx7a0cQmZ3sPwE",
    iat: 1_620_000_000,
  });
});

describe("signInvocation", () => {
  it("reproduces the token of the protocol bit for bit", () => {
    expect(signed.token).toBe(vector.jwt);
    expect(signed).toMatchObject({ id: vector.id, hostId: keys.server.publicKey, ...call });
  });

  it("makes a new id and token id each time", async () => {
    const sign = () => signInvocation({ origin: SYSTEM, target: actor, ...call }, keys.server);
    const [one, two] = [await sign(), await sign()];
    expect(one.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(one.id).not.toBe(two.id);
    const { tokenId, issuedAt } = await verifyInvocation(one);
    expect(tokenId).toMatch(/^[0-9A-Za-z]{22}$/);
    expect(tokenId).not.toBe((await verifyInvocation(two)).tokenId);
    expect(Math.abs(issuedAt - Date.now() / 1000)).toBeLessThan(5);
  });
});

describe("invocationHash", () => {
  it("is that of the protocol", async () => {
    expect(targetUrl(signed)).toBe(vector.targetUrl);
    expect(await invocationHash(vector.originUrl, vector.targetUrl, call.payload)).toBe(vector.hash);
  });

  it("is that of the protocol for a provider", async () => {
    const { contractId, linkName, operation, messageHex, hash, ...known } = vectors.providerTarget;
    const target: Entity = { kind: "provider", id: keys.service.publicKey, contractId, linkName };
    expect(targetUrl({ target, operation })).toBe(known.targetUrl);
    expect(await invocationHash(entityUrl(actor), known.targetUrl, fromHex(messageHex))).toBe(hash);
  });

  it("is that of the protocol for a halt", async () => {
    const url = targetUrl({ target: SYSTEM, operation: "__halt" });
    expect(await invocationHash(entityUrl(SYSTEM), url, new Uint8Array())).toBe(vectors.haltHash);
  });
});

describe("verifyInvocation", () => {
  const PREFIX = "WebAssembly module authorization failure: ";

  it("accepts the invocation of the protocol", async () => {
    expect(await verifyInvocation(signed)).toEqual({
      issuer: keys.server.publicKey,
      tokenId: "KjK2bHf1Vx7a0cQmZ3sPwE",
      issuedAt: 1_620_000_000,
    });
  });

  it("tells dates, which first-party tokens do not have", async () => {
    const token = await resigned(signed.token, { exp: 200, nbf: 50 }, keys.server);
    expect(await verifyInvocation({ ...signed, token }, { now: 100 })).toMatchObject({
      expires: 200,
      notBefore: 50,
    });
  });

  type Change = (signer: KeyPair) => Partial<Invocation> | Promise<Partial<Invocation>>;
  const metadata = { target_url: vector.targetUrl, origin_url: vector.originUrl, hash: vector.hash };
  const claims = (changes: object): Change => {
    return async (signer) => ({ token: await resigned(vector.jwt, changes, signer) });
  };
  const HASH = "Invocation hash does not match signed claims hash";
  const rows: [row: string, change: Change, text: string][] = [
    ["12 expired", claims({ exp: 99 }), "Invocation claims token expired"],
    [
      "12 before 13",
      async (signer) => ({
        token: withSegment(await resigned(vector.jwt, { exp: 99 }, signer), 2, "A".repeat(86)),
      }),
      "Invocation claims token expired",
    ],
    [
      "13 signature",
      () => ({ token: withSegment(vector.jwt, 2, "A".repeat(86)) }),
      "Invocation claims signature invalid",
    ],
    ["14 too early", claims({ nbf: 101 }), "Attempt to use invocation before claims token allows"],
    ["without metadata", claims({ wascap: undefined }), "Invocation claims have no metadata"],
    ["15 payload", () => ({ payload: new Uint8Array(1) }), HASH],
    ["15 operation", () => ({ operation: "Other" }), HASH],
    ["15 origin", () => ({ origin: { kind: "actor", id: "other" } }), HASH],
    ["15 target", () => ({ target: { kind: "actor", id: "other" } }), HASH],
    ["15 claimed hash", claims({ wascap: { ...metadata, hash: "00" } }), HASH],
    ["16 id", () => ({ id: "other" }), "Subject of invocation claims token does not match invocation ID"],
    ["17 host", () => ({ hostId: "other" }), "Invocation claims issuer does not match invocation host"],
    [
      "18 target",
      claims({ wascap: { ...metadata, target_url: "wasmbus://other" } }),
      "Invocation claims and invocation target URL do not match",
    ],
    [
      "19 origin",
      claims({ wascap: { ...metadata, origin_url: "wasmbus://other" } }),
      "Invocation claims and invocation origin URL do not match",
    ],
  ];
  it.each(rows)("refuses row %s", async (_, change, text) => {
    const invocation = { ...signed, ...(await change(keys.server)) };
    const error = await errorOf(() => verifyInvocation(invocation, { now: 100 }));
    expect(error.code).toBe("lattice.forged");
    expect(error.message).toBe(PREFIX + text);
  });

  it.each([
    ["garbage", "garbage", "jwt.malformed"],
    [
      "another algorithm",
      withSegment(vector.jwt, 0, "eyJ0eXAiOiJqd3QiLCJhbGciOiJFZERTQSJ9"),
      "jwt.algorithm",
    ],
  ])("passes on what is wrong with %s", async (_, token, code) => {
    expect((await errorOf(() => verifyInvocation({ ...signed, token }))).code).toBe(code);
  });

  it("refuses metadata of another shape as undecodable", async () => {
    const token = await encodeJwt(
      { jti: "", iat: 0, iss: keys.server.publicKey, sub: "x", wascap: [] },
      keys.server,
    );
    expect(await errorOf(() => verifyInvocation({ ...signed, token }))).toMatchObject({
      code: "jwt.malformed",
    });
  });
});
