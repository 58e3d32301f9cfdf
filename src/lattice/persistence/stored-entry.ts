import { actorPayload, parseActorPayload } from "../../claims/index.ts";
import type { CacheChange } from "../cache-change.ts";
import { readAliasOwner, readReferenceKey, toLink } from "../cache-values.ts";
import { checked, undecodable } from "../wire/undecodable.ts";

/**
 * Something that a cache learned, as it is stored: what it is (`c`laims, `l`ink, `d`eleted link, `a`lias or
 * `r`eference), when it was learned, in milliseconds since the epoch, and the thing itself. Of two entries about the
 * same, the later one counts, wherever they are stored.
 */
export type StoredEntry = readonly [kind: EntryKind, time: number, ...rest: readonly unknown[]];
type EntryKind = "c" | "l" | "d" | "a" | "r";

/** Texts at the beginning of an entry's rest that name what it is about. */
const NAMES: Readonly<Record<EntryKind, number>> = { c: 1, l: 3, d: 3, a: 1, r: 1 };

export function storedEntry(change: CacheChange, time: number): StoredEntry {
  switch (change.kind) {
    case "claims":
      return ["c", time, change.claims.subject, actorPayload(change.claims)];
    case "link": {
      const { actorId, contractId, linkName, providerId, values } = change.link;
      return ["l", time, actorId, contractId, linkName, providerId, values];
    }
    case "link_removed": {
      const { actorId, contractId, linkName } = change.link;
      return ["d", time, actorId, contractId, linkName];
    }
    case "alias":
      return ["a", time, change.alias, change.actor];
    case "reference":
      return ["r", time, change.reference, change.key];
  }
}

/** Whether something has the shape of an entry, as far as merging needs it. */
export function isStoredEntry(value: unknown): value is StoredEntry {
  if (!Array.isArray(value)) return false;
  const [kind, time] = value as readonly unknown[];
  if (typeof kind !== "string" || !Object.hasOwn(NAMES, kind)) return false;
  if (typeof time !== "number" || !(time >= 0)) return false;
  const names = NAMES[kind as EntryKind];
  for (let place = 0; place < names; place++) if (typeof value[2 + place] !== "string") return false;
  return true;
}

/** What an entry is about. */
export function entryId([kind, _time, ...rest]: StoredEntry): string {
  if (kind === "l" || kind === "d") return `l\n${rest[0]}\n${rest[1]}\n${rest[2]}`;
  return `${kind}\n${rest[0]}`;
}

export function isRemoval([kind]: StoredEntry): boolean {
  return kind === "d";
}

/**
 * What an entry says; undefined for a removal.
 *
 * @throws HostError `lattice.undecodable` if it is not what a cache may hold.
 */
export function restoredChange(entry: StoredEntry): CacheChange | undefined {
  const [kind, _time, name, ...rest] = entry;
  const about = String(name);
  switch (kind) {
    case "c": {
      const claims = checked(() => parseActorPayload(rest[0]));
      if (claims.subject !== about) throw undecodable("stored claims are those of another actor");
      return { kind: "claims", claims };
    }
    case "l": {
      const [contract_id, link_name, provider_id, values] = rest;
      return { kind: "link", link: toLink({ actor_id: about, provider_id, contract_id, link_name, values }) };
    }
    case "d":
      return undefined;
    case "a":
      return { kind: "alias", alias: about, actor: readAliasOwner(String(rest[0])) };
    case "r":
      return { kind: "reference", reference: about, key: readReferenceKey(about, String(rest[0])) };
  }
}
