import { beforeAll, describe, expect, it } from "vitest";
import {
  canonicalModule,
  parseActorPayload,
  signActorModule,
  verifyActorModule,
  verifyInvocation,
  verifyJwt,
} from "../../../src/claims/index.ts";
import { decodePublicKey, decodeSeed } from "../../../src/keys/index.ts";
import modules from "../../vectors/canonical.json" with { type: "json" };
import vectors from "../../vectors/claims.json" with { type: "json" };
import { fromBase64, utf8 } from "./hex.ts";
import { survives } from "./mutations.ts";
import { testKeys } from "./tokens.ts";
import { guest } from "./wasm.ts";

const ROUNDS = 1_500;
const NOW = 1_700_000_000;

describe("whatever the input", () => {
  let signed: Uint8Array;
  beforeAll(async () => {
    const { account, module } = await testKeys();
    signed = await signActorModule(guest(), { subject: module.publicKey, capabilities: [] }, account, NOW);
  });
  const asText = (bytes: Uint8Array): string => String.fromCharCode(...bytes);

  it("a changed module is never accepted, and never fails in another way", async () => {
    const changed = (bytes: Uint8Array): boolean => Buffer.compare(bytes, signed) !== 0;
    const accepted = await survives(signed, ROUNDS, async (bytes) => {
      await verifyActorModule(bytes, { now: NOW });
      // The size of the token section may be written in a longer form: it is not part of what is hashed.
      expect(changed(bytes) && bytes.length === signed.length).toBe(false);
    });
    expect(accepted).toBeLessThan(ROUNDS / 100);
  });

  it("modules are rewritten or refused, and what is rewritten stays as it is", async () => {
    const accepted = await survives(fromBase64(modules.padded), ROUNDS, (bytes) => {
      const canonical = canonicalModule(bytes);
      expect(Buffer.compare(canonicalModule(canonical), canonical)).toBe(0);
    });
    expect(accepted).toBeGreaterThan(0);
  });

  it("a changed token is never taken for genuine", async () => {
    await survives(utf8(vectors.invocation.jwt), ROUNDS, async (bytes) => {
      const { signatureValid } = await verifyJwt(asText(bytes));
      expect(signatureValid && asText(bytes) !== vectors.invocation.jwt).toBe(false);
    });
  });

  it("claims, keys and invocations are read or refused", async () => {
    await survives(utf8(vectors.announced), ROUNDS, (bytes) => {
      let value: unknown;
      try {
        value = JSON.parse(asText(bytes));
      } catch {
        return;
      }
      parseActorPayload(value);
    });
    await survives(utf8("NAB2CB576PHBBPQ5ODORRZ2LYCMWPZGWGCN2KDK7DXOIMZASKUY3RSWB"), ROUNDS, (bytes) => {
      decodePublicKey(asText(bytes));
    });
    await survives(utf8("SNAAAAICAMCAKBQHBAEQUCYMBUHA6EARCIJRIFIWC4MBSGQ3DQOR4H2D5U"), ROUNDS, (bytes) => {
      decodeSeed(asText(bytes));
    });
    const system = { kind: "actor", id: "system" } as const;
    const call = { origin: system, target: system, operation: "", payload: utf8(""), id: "", hostId: "" };
    const accepted = await survives(utf8(vectors.invocation.jwt), ROUNDS, (bytes) =>
      verifyInvocation({ ...call, token: asText(bytes) }),
    );
    expect(accepted).toBe(0);
  });
});
