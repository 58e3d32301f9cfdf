import type { CacheChange, LatticeCache } from "../../src/lattice/index.ts";

/** Everything that a cache knows, in an order that does not depend on how it came to know it. */
export function contentsOf(cache: LatticeCache): string[] {
  return [...cache.contents()].map(textOf).sort();
}

function textOf(change: CacheChange): string {
  switch (change.kind) {
    case "claims":
      return `claims ${JSON.stringify(change.claims)}`;
    case "link":
    case "link_removed": {
      const { actorId, providerId, contractId, linkName, values } = change.link;
      return [change.kind, actorId, contractId, linkName, providerId, JSON.stringify(values)].join(" ");
    }
    case "alias":
      return `alias ${change.alias} ${change.actor}`;
    case "reference":
      return `reference ${change.reference} ${change.key}`;
  }
}
