import { type ActorClaims, parseActorPayload } from "../../../src/claims/index.ts";
import { encodePublicKey } from "../../../src/keys/index.ts";
import type { LinkDefinition } from "../../../src/lattice/index.ts";
import { vectors } from "./lattice-vectors.ts";

const base = parseActorPayload(vectors.claims.payload);

/** The key of the n-th actor. */
export function actorKey(n: number): string {
  return encodePublicKey("module", seedBytes(n, 1));
}

/** The key of the n-th provider. */
export function providerKey(n: number): string {
  return encodePublicKey("service", seedBytes(n, 2));
}

/** Claims of the n-th actor, as first-party hosts cache them. */
export function claimsOf(n: number, parts: Partial<ActorClaims> = {}): ActorClaims {
  return { ...base, subject: actorKey(n), name: `actor ${n}`, callAlias: `alias/${n}`, ...parts };
}

/** The link of the n-th actor to a key-value provider. */
export function linkOf(n: number, parts: Partial<LinkDefinition> = {}): LinkDefinition {
  return {
    actorId: actorKey(n),
    providerId: providerKey(n % 10),
    contractId: "wasmcloud:keyvalue",
    linkName: "default",
    values: { URL: `redis://127.0.0.1:6379/${n}` },
    ...parts,
  };
}

function seedBytes(n: number, kind: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(32);
  new DataView(bytes.buffer).setUint32(0, n);
  bytes[31] = kind;
  return bytes;
}
