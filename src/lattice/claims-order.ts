import { type ActorClaims, actorPayload } from "../claims/index.ts";

/** Claims as they are kept in the lattice cache. Protocol sections 3.8 and 10.1. */
export function claimsJson(claims: ActorClaims): string {
  return JSON.stringify(actorPayload(claims));
}

export function sameClaims(a: ActorClaims, b: ActorClaims): boolean {
  if (a === b) return true;
  return a.tokenId === b.tokenId && a.revision === b.revision && claimsJson(a) === claimsJson(b);
}

/**
 * Compares unverified claims of one actor: the higher revision counts, then the later time of signing. What is left
 * is decided by the text, so that all caches choose the same whatever came first.
 *
 * @returns above 0 if `a` counts, below 0 if `b` does.
 */
export function compareClaims(a: ActorClaims, b: ActorClaims): number {
  const byNumbers = a.revision - b.revision || a.issuedAt - b.issuedAt;
  if (byNumbers !== 0 || a === b) return byNumbers;
  const [ours, theirs] = [claimsJson(a), claimsJson(b)];
  if (ours === theirs) return 0;
  return ours > theirs ? 1 : -1;
}
