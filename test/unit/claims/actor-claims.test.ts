import { describe, expect, it } from "vitest";
import { actorPayload, checkClaimDates, parseActorPayload } from "../../../src/claims/index.ts";
import vectors from "../../vectors/claims.json" with { type: "json" };
import { errorOf } from "./errors.ts";

const METADATA = { hash: "00", prov: false };
const PAYLOAD = { jti: "id", iat: 1, iss: "A", sub: "M", wascap: METADATA };

describe("actor claims", () => {
  it.each([...Object.entries(vectors.realModules), ["announced", vectors.announced]])(
    "of %s are written as they were read",
    (_, json) => {
      expect(JSON.stringify(actorPayload(parseActorPayload(JSON.parse(json))))).toBe(json);
    },
  );

  it("have domain names", () => {
    expect(parseActorPayload(JSON.parse(vectors.announced))).toEqual({
      subject: "MAU2ZOXBIG6MV4FSFYNJJU2NBPDTMHSSNUF74EWIS6KLZEZCSZW5PMMJ",
      issuer: "AALUKU5UK3O57RUQR3FLDQIB7ZVLEHRLVIDBO6K3PVB2MNECTE75LV2E",
      tokenId: "KjK2bHf1Vx7a0cQmZ3sPwE",
      issuedAt: 1_620_000_000,
      name: "Echo",
      moduleHash: vectors.invocation.hash,
      tags: [],
      capabilities: ["wasmcloud:httpserver"],
      revision: 2,
      version: "0.2.1",
      callAlias: "echo",
      isProvider: false,
    });
  });

  it("keep what was absent absent", () => {
    const claims = parseActorPayload(PAYLOAD);
    expect(claims).toMatchObject({ tags: [], revision: 0 });
    expect(claims.capabilities).toBeUndefined();
    expect(JSON.stringify(actorPayload(claims))).toBe(JSON.stringify(PAYLOAD));
  });

  it("keep what was empty empty", () => {
    const payload = { exp: 9, ...PAYLOAD, wascap: undefined, nbf: 8 };
    const full = {
      ...payload,
      wascap: { name: "", hash: "", tags: [], caps: [], rev: 0, ver: "", call_alias: "", prov: true },
    };
    expect(actorPayload(parseActorPayload(full))).toEqual(full);
  });

  it("take null as absent, and ignore unknown keys", () => {
    const nothing = { name: null, tags: null, caps: null, rev: null, ver: null, call_alias: null };
    const claims = parseActorPayload({
      ...PAYLOAD,
      exp: null,
      more: 1,
      wascap: { ...METADATA, ...nothing, more: 1 },
    });
    expect(actorPayload(claims)).toEqual(PAYLOAD);
  });

  it("take a missing prov as no provider", () => {
    expect(parseActorPayload({ ...PAYLOAD, wascap: { hash: "" } }).isProvider).toBe(false);
  });

  it.each([
    ["no object", 7],
    ["an array", []],
    ["null", null],
    ["no subject", { ...PAYLOAD, sub: undefined }],
    ["a fractional time", { ...PAYLOAD, iat: 1.5 }],
    ["a hash that is no string", { ...PAYLOAD, wascap: { hash: 1 } }],
    ["no hash", { ...PAYLOAD, wascap: {} }],
    ["caps that are no list", { ...PAYLOAD, wascap: { ...METADATA, caps: "wasmcloud:keyvalue" } }],
    ["a tag that is no string", { ...PAYLOAD, wascap: { ...METADATA, tags: [1] } }],
    ["a revision beyond 32 bits", { ...PAYLOAD, wascap: { ...METADATA, rev: 2 ** 31 } }],
    ["too long a name", { ...PAYLOAD, wascap: { ...METADATA, name: "x".repeat(4_097) } }],
    ["too many tags", { ...PAYLOAD, wascap: { ...METADATA, tags: Array(1_025).fill("") } }],
  ])("are refused with %s", async (_, value) => {
    const error = await errorOf(() => parseActorPayload(value));
    expect(error.code).toBe("claims.malformed");
    expect(error.message).toMatch(/^Serialization error: /);
  });

  it.each([undefined, null])("are refused with metadata %s, in the first-party words", async (wascap) => {
    const error = await errorOf(() => parseActorPayload({ ...PAYLOAD, wascap }));
    expect(error.code).toBe("claims.malformed");
    expect(error.message).toBe("Invalid JWT algorithm. WASCAP only supports Ed25519");
    expect(error.hint).toContain("no metadata");
  });
});

describe("checkClaimDates", () => {
  it.each([{}, { expires: 100 }, { notBefore: 100 }, { expires: 200, notBefore: 50 }])(
    "accepts %j",
    (claims) => {
      expect(() => checkClaimDates(claims, 100)).not.toThrow();
    },
  );

  it("refuses claims that have expired", async () => {
    const error = await errorOf(() => checkClaimDates({ expires: 100 }, 100.5));
    expect(error).toMatchObject({ code: "claims.expired", message: "Actor claims have expired" });
    expect(error.hint).toContain("1970-01-01T00:01:40.000Z");
  });

  it("refuses claims whose time has not come, even if it is over", async () => {
    const error = await errorOf(() =>
      checkClaimDates({ notBefore: Number.MAX_SAFE_INTEGER, expires: 1 }, 100),
    );
    expect(error).toMatchObject({ code: "claims.not_yet_valid", message: "Actor claims cannot be used yet" });
  });
});
