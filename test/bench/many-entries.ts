import type { ActorClaims } from "../../src/claims/index.ts";
import { encodePublicKey } from "../../src/keys/index.ts";
import type { LatticeCache, LinkDefinition } from "../../src/lattice/index.ts";

/** What a large lattice knows. */
export const MANY = { claims: 100_000, links: 100_000, aliases: 10_000 } as const;
export const MANY_ENTRIES: number = MANY.claims + MANY.links + MANY.aliases;

export const CONTRACT = "wasmcloud:keyvalue";
export const PROVIDER: string = encodePublicKey("service", keyBytes(0, 2));

/** The key of the n-th actor. */
export function actorKey(n: number): string {
  return encodePublicKey("module", keyBytes(n, 1));
}

/** Makes a cache know so much. */
export function fillCache(cache: LatticeCache, counts: Readonly<Record<keyof typeof MANY, number>>): void {
  for (let n = 0; n < counts.claims; n++) cache.putClaims(claimsOf(n), "announced");
  for (let n = 0; n < counts.links; n++) cache.putLink(linkOf(n));
  for (let n = 0; n < counts.aliases; n++) cache.claimAlias(`weblattice/examples/actor${n}`, actorKey(n));
}

export function linkOf(n: number): LinkDefinition {
  return {
    actorId: actorKey(n),
    providerId: PROVIDER,
    contractId: CONTRACT,
    linkName: "default",
    values: { URL: `redis://127.0.0.1:6379/${n}` },
  };
}

function claimsOf(n: number): ActorClaims {
  return {
    subject: actorKey(n),
    issuer: "AALUKU5UK3O57RUQR3FLDQIB7ZVLEHRLVIDBO6K3PVB2MNECTE75LV2E",
    tokenId: "KjK2bHf1Vx7a0cQmZ3sPwE",
    issuedAt: 1_620_000_000,
    name: `Actor ${n}`,
    moduleHash: "26D8FF99DAFA73CB28FBC08214E8BA3274E02F92D2660EC6F495A9085CF6511D",
    tags: [],
    capabilities: [CONTRACT],
    revision: 2,
    version: "0.2.1",
    isProvider: false,
  };
}

function keyBytes(n: number, kind: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(32);
  new DataView(bytes.buffer).setUint32(0, n);
  bytes[31] = kind;
  return bytes;
}
