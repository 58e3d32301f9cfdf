import type { CacheChange } from "../cache-change.ts";
import { readClaims } from "../cache-values.ts";
import { compareClaims } from "../claims-order.ts";
import type { LatticeCache } from "../lattice-cache.ts";
import { eventsOf } from "./cache-keys.ts";
import type { KeyValueState } from "./key-value-state.ts";

/** What becomes of something that this cache knew before the others were asked. */
export type EntryFate = "publish" | "keep" | "forget";

/**
 * Decides about something that this cache knows, when it has heard what the others know. What they have counts, but
 * for older claims; links of an earlier run that were removed meanwhile are forgotten.
 */
export function fateOf(change: CacheChange, state: KeyValueState, cache: LatticeCache): EntryFate {
  const [{ key }] = eventsOf(change);
  const known = state.scalar(key);
  if (known !== undefined) return isNewer(change, known) ? "publish" : "keep";
  if (change.kind !== "link" || !state.isDeletedLink(key)) return "publish";
  const { actorId, contractId, linkName } = change.link;
  return cache.causeOfLink(actorId, contractId, linkName) === "local" ? "publish" : "forget";
}

function isNewer(change: CacheChange, known: string): boolean {
  if (change.kind !== "claims") return false;
  try {
    return compareClaims(change.claims, readClaims(change.claims.subject, known)) > 0;
  } catch {
    // What the others have is garbage.
    return true;
  }
}
