import { beforeAll, describe, expect, it } from "vitest";
import {
  type ActorSigning,
  extractToken,
  moduleHash,
  normaliseAlias,
  parseActorPayload,
  signActorModule,
  verifyActorModule,
  verifyJwt,
} from "../../../src/claims/index.ts";
import { readModule } from "../../../src/wasm/index.ts";
import { errorOf } from "./errors.ts";
import { utf8 } from "./hex.ts";
import { testKeys } from "./tokens.ts";
import { custom, guest, guestSections, leb, section, wasm } from "./wasm.ts";

const NOW = 1_700_000_000;
let keys: Awaited<ReturnType<typeof testKeys>>;
let subject: string;
beforeAll(async () => {
  keys = await testKeys();
  subject = keys.module.publicKey;
});

function sign(module: Uint8Array, claims: Partial<ActorSigning> = {}): Promise<Uint8Array> {
  return signActorModule(module, { subject, capabilities: [], ...claims }, keys.account, NOW);
}

async function payloadOf(signed: Uint8Array): Promise<string> {
  return JSON.stringify((await verifyJwt(extractToken(signed).token)).payload);
}

describe("signActorModule", () => {
  it("appends a token that verifies", async () => {
    const signed = await sign(guest(), { capabilities: ["wasmcloud:keyvalue"], name: "Guest" });
    const { claims } = await verifyActorModule(signed, { now: NOW });
    expect(claims).toMatchObject({
      name: "Guest",
      capabilities: ["wasmcloud:keyvalue"],
      issuedAt: NOW,
      subject,
    });
    expect(readModule(signed).at(-1)?.name).toBe("jwt");
    expect(extractToken(signed).unsigned).toEqual(guest());
  });

  it("writes all claims in the order of the protocol", async () => {
    const signed = await sign(guest(), {
      name: "N",
      tags: ["t"],
      revision: 3,
      version: "v",
      callAlias: "A b",
      expires: NOW + 2,
      notBefore: NOW + 1,
    });
    const { jti, ...rest } = JSON.parse(await payloadOf(signed));
    expect(jti).toMatch(/^[0-9A-Za-z]{22}$/);
    const hash = await moduleHash(guest());
    expect(await payloadOf(signed)).toBe(
      `{"exp":1700000002,"jti":"${jti}","iat":1700000000,"iss":"${keys.account.publicKey}","sub":"${subject}",` +
        `"nbf":1700000001,"wascap":{"name":"N","hash":"${hash}","tags":["t"],"caps":[],"rev":3,"ver":"v",` +
        `"call_alias":"a_b","prov":false}}`,
    );
    expect(parseActorPayload({ jti, ...rest }).revision).toBe(3);
  });

  it("leaves out what it was not told", async () => {
    const { wascap } = JSON.parse(await payloadOf(await sign(guest())));
    expect(Object.keys(wascap)).toEqual(["hash", "caps", "prov"]);
  });

  it("replaces a token in place", async () => {
    const [types = [], ...rest] = guestSections();
    const signed = await sign(wasm(types, custom("jwt", utf8("old")), ...rest), { revision: 1 });
    expect(readModule(signed).map(({ id, name }) => name ?? id)).toEqual([1, "jwt", 3, 7, 10]);
    expect((await verifyActorModule(signed, { now: NOW })).claims.revision).toBe(1);
    const again = await sign(signed, { revision: 2 });
    expect((await verifyActorModule(again, { now: NOW })).claims.revision).toBe(2);
    expect(again.length).toBe(signed.length);
  });

  it("rewrites linker output in the form that first-party hosts hash", async () => {
    const code = section(10, [1, ...leb(4, 5), 0, 0x41, 1, 0x0b], 5);
    const signed = await sign(wasm(...guestSections({ code })));
    expect(extractToken(signed).unsigned).toEqual(wasm(...guestSections()));
  });

  it("refuses what those hosts cannot read, unless told to sign it as it is", async () => {
    const code = section(10, [1, 5, 0, 0x41, 1, 0xc0, 0x0b]);
    const module = wasm(...guestSections({ code }));
    expect((await errorOf(() => sign(module))).code).toBe("module.not_portable");
    const options = { canonical: false };
    const signed = await signActorModule(module, { subject, capabilities: [] }, keys.account, NOW, options);
    await verifyActorModule(signed, { now: NOW });
    expect(extractToken(signed).unsigned).toEqual(module);
  });

  it.each([
    ["garbage", utf8("garbage"), {}, "module.malformed"],
    ["two tokens", wasm(custom("jwt"), custom("jwt")), {}, "module.duplicate_token"],
    [
      "a subject of another kind",
      guest(),
      { subject: "VASUHOJP6EEVKEKHNLOIG2O3NXOJGNTFUEMXRXNBIBHOCBTMVFKZ3YXJ" },
      "input.invalid",
    ],
    [
      "an alias that could pass for a contract",
      guest(),
      { callAlias: "wasmcloud:keyvalue" },
      "input.invalid",
    ],
    ["an alias of nothing usable", guest(), { callAlias: " \u00e9 " }, "input.invalid"],
    ["a revision beyond 32 bits", guest(), { revision: 2 ** 31 }, "claims.malformed"],
    ["a fractional expiry", guest(), { expires: 1.5 }, "claims.malformed"],
  ])("refuses %s", async (_, module, claims, code) => {
    expect((await errorOf(() => sign(module, claims))).code).toBe(code);
  });

  it("refuses an issuer that is no account", async () => {
    const error = await errorOf(() =>
      signActorModule(guest(), { subject, capabilities: [] }, keys.server, NOW),
    );
    expect(error).toMatchObject({
      code: "input.invalid",
      message: "The issuer is not a key of kind account",
    });
  });
});

describe("normaliseAlias", () => {
  it.each([
    [" Wasmcloud/Examples/Ponger ", "wasmcloud/examples/ponger"],
    ["my-actor v1.2", "my_actor_v1_2"],
    ["caf\u00e9 \u{1f600}", "caf_"],
    ["a:b", "a:b"],
  ])("turns %j into %j", (alias, normalised) => {
    expect(normaliseAlias(alias)).toBe(normalised);
  });
});
