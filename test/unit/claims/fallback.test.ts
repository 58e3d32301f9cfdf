import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import * as modern from "../../../src/claims/index.ts";
import claimVectors from "../../vectors/claims.json" with { type: "json" };
import keyVectors from "../../vectors/keys.json" with { type: "json" };
import { withoutEd25519 } from "../keys/without-ed25519.ts";
import { base64url, withSegment } from "./tokens.ts";
import { guest } from "./wasm.ts";

const { jwt, payload } = claimVectors.invocation;
const NOW = 1_700_000_000;

describe("where WebCrypto has no Ed25519", () => {
  let claims: typeof modern;
  let keys: typeof import("../../../src/keys/index.ts");

  beforeEach(async () => {
    vi.stubGlobal("crypto", withoutEd25519());
    vi.resetModules();
    claims = await import("../../../src/claims/index.ts");
    keys = await import("../../../src/keys/index.ts");
  });
  afterEach(() => {
    vi.unstubAllGlobals();
    vi.resetModules();
  });

  it("the token of the protocol is reproduced bit for bit", async () => {
    const server = await keys.KeyPair.fromSeed(keyVectors.pairs[0]?.seed ?? "");
    expect(await claims.encodeJwt(JSON.parse(payload), server)).toBe(jwt);
  });

  it("tokens are verified", async () => {
    expect((await claims.verifyJwt(jwt)).signatureValid).toBe(true);
    const changed = withSegment(jwt, 2, base64url(new Uint8Array(64)));
    expect((await claims.verifyJwt(changed)).signatureValid).toBe(false);
  });

  it("modules are signed for hosts that have it", async () => {
    const account = await keys.KeyPair.generate("account");
    const { publicKey } = await keys.KeyPair.generate("module");
    const signed = await claims.signActorModule(
      guest(),
      { subject: publicKey, capabilities: [] },
      account,
      NOW,
    );
    await claims.verifyActorModule(signed, { now: NOW });
    vi.unstubAllGlobals();
    await modern.verifyActorModule(signed, { now: NOW });
  });
});

describe("where there is no crypto.subtle at all", () => {
  afterEach(() => {
    vi.unstubAllGlobals();
    vi.resetModules();
  });

  it("hashing says what to do about it", async () => {
    vi.stubGlobal("crypto", {});
    const failure = modern.moduleHash(guest());
    await expect(failure).rejects.toMatchObject({
      code: "host.unsupported",
      hint: expect.stringContaining("https"),
    });
  });
});
