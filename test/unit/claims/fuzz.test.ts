import { beforeAll, describe, expect, it } from "vitest";
import {
  canonicalModule,
  parseActorPayload,
  signActorModule,
  verifyActorModule,
  verifyInvocation,
  verifyJwt,
} from "../../../src/claims/index.ts";
import { HostError } from "../../../src/errors/index.ts";
import { decodePublicKey, decodeSeed } from "../../../src/keys/index.ts";
import modules from "../../vectors/canonical.json" with { type: "json" };
import vectors from "../../vectors/claims.json" with { type: "json" };
import { fromBase64, utf8 } from "./hex.ts";
import { testKeys } from "./tokens.ts";
import { guest } from "./wasm.ts";

const ROUNDS = 1_500;
const NOW = 1_700_000_000;

/** A stream of numbers that looks random and is the same every time. */
function numbers(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return (state >>> 8) % limit;
  };
}

/** The bytes with a few of them changed, inserted or cut off. */
function mutated(bytes: Uint8Array, next: (limit: number) => number): Uint8Array {
  const copy = [...bytes];
  for (let changes = 1 + next(4); changes > 0 && copy.length > 0; changes--) {
    const at = next(copy.length);
    const kind = next(8);
    if (kind === 0) copy.splice(at, 1 + next(4));
    else if (kind === 1) copy.splice(at, 0, next(256), next(256));
    else if (kind === 2) copy.length = at;
    else copy[at] = kind === 3 ? (copy[at] ?? 0) ^ 0x80 : next(256);
  }
  return Uint8Array.from(copy);
}

/** Runs an action on mutations; tells how many it accepted. Anything but a HostError fails the test. */
async function survives(seed: Uint8Array, action: (bytes: Uint8Array) => unknown): Promise<number> {
  const next = numbers(42);
  let accepted = 0;
  for (let round = 0; round < ROUNDS; round++) {
    try {
      await action(mutated(seed, next));
      accepted += 1;
    } catch (error) {
      if (!(error instanceof HostError)) throw error;
    }
  }
  return accepted;
}

describe("whatever the input", () => {
  let signed: Uint8Array;
  beforeAll(async () => {
    const { account, module } = await testKeys();
    signed = await signActorModule(guest(), { subject: module.publicKey, capabilities: [] }, account, NOW);
  });
  const asText = (bytes: Uint8Array): string => String.fromCharCode(...bytes);

  it("a changed module is never accepted, and never fails in another way", async () => {
    const changed = (bytes: Uint8Array): boolean => Buffer.compare(bytes, signed) !== 0;
    const accepted = await survives(signed, async (bytes) => {
      await verifyActorModule(bytes, { now: NOW });
      // The size of the token section may be written in a longer form: it is not part of what is hashed.
      expect(changed(bytes) && bytes.length === signed.length).toBe(false);
    });
    expect(accepted).toBeLessThan(ROUNDS / 100);
  });

  it("modules are rewritten or refused, and what is rewritten stays as it is", async () => {
    const accepted = await survives(fromBase64(modules.padded), (bytes) => {
      const canonical = canonicalModule(bytes);
      expect(Buffer.compare(canonicalModule(canonical), canonical)).toBe(0);
    });
    expect(accepted).toBeGreaterThan(0);
  });

  it("a changed token is never taken for genuine", async () => {
    await survives(utf8(vectors.invocation.jwt), async (bytes) => {
      const { signatureValid } = await verifyJwt(asText(bytes));
      expect(signatureValid && asText(bytes) !== vectors.invocation.jwt).toBe(false);
    });
  });

  it("claims, keys and invocations are read or refused", async () => {
    await survives(utf8(vectors.announced), (bytes) => {
      let value: unknown;
      try {
        value = JSON.parse(asText(bytes));
      } catch {
        return;
      }
      parseActorPayload(value);
    });
    await survives(utf8("NAB2CB576PHBBPQ5ODORRZ2LYCMWPZGWGCN2KDK7DXOIMZASKUY3RSWB"), (bytes) => {
      decodePublicKey(asText(bytes));
    });
    await survives(utf8("SNAAAAICAMCAKBQHBAEQUCYMBUHA6EARCIJRIFIWC4MBSGQ3DQOR4H2D5U"), (bytes) => {
      decodeSeed(asText(bytes));
    });
    const system = { kind: "actor", id: "system" } as const;
    const call = { origin: system, target: system, operation: "", payload: utf8(""), id: "", hostId: "" };
    const accepted = await survives(utf8(vectors.invocation.jwt), (bytes) =>
      verifyInvocation({ ...call, token: asText(bytes) }),
    );
    expect(accepted).toBe(0);
  });
});
