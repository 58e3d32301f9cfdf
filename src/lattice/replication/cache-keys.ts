import type { ActorClaims } from "../../claims/index.ts";
import type { LinkRemoval } from "../announcements.ts";
import type { CacheChange } from "../cache-change.ts";
import type { CacheEvent } from "../cache-event.ts";
import { claimsJson } from "../claims-order.ts";
import type { LinkDefinition } from "../link-definition.ts";
import { linkHash } from "../link-hash.ts";

/** What begins every key of the lattice cache. Protocol section 10.1. */
const CACHE_PREFIX = "wclc:";

const CLAIMS = `${CACHE_PREFIX}claims`;
const LINKS = `${CACHE_PREFIX}links`;
const REFERENCES = `${CACHE_PREFIX}ocis`;
const CLAIMS_OF = `${CACHE_PREFIX}claims_`;
const LINK = `${CACHE_PREFIX}link_`;
const REFERENCE = `${CACHE_PREFIX}oci_`;
const ALIAS = `${CACHE_PREFIX}call_`;

/** What a scalar of the lattice cache is about. */
export type KeyMeaning =
  | { readonly kind: "claims"; readonly actor: string }
  | { readonly kind: "link"; readonly hash: string }
  | { readonly kind: "alias"; readonly alias: string }
  | { readonly kind: "reference"; readonly reference: string };

/** What a key stands for; undefined for sets and for keys that the lattice cache does not know. */
export function meaningOf(key: string): KeyMeaning | undefined {
  if (key.startsWith(CLAIMS_OF)) return { kind: "claims", actor: key.slice(CLAIMS_OF.length) };
  if (key.startsWith(LINK)) return { kind: "link", hash: key.slice(LINK.length) };
  if (key.startsWith(ALIAS)) return { kind: "alias", alias: key.slice(ALIAS.length) };
  if (key.startsWith(REFERENCE)) return { kind: "reference", reference: key.slice(REFERENCE.length) };
  return undefined;
}

/** Whether the lattice cache has a use for a key. */
export function isCacheKey(key: string): boolean {
  if (!key.startsWith(CACHE_PREFIX)) return false;
  return key === CLAIMS || key === LINKS || key === REFERENCES || meaningOf(key) !== undefined;
}

/** Whether a key is that of a link: a hash of 64 bits in decimal follows. */
export function isLinkKey(key: string): boolean {
  return key.startsWith(LINK) && key.length <= LINK.length + 20;
}

export function aliasKey(alias: string): string {
  return ALIAS + alias;
}

/** The events of a change, in the order of protocol section 10.3; the first is about the entry itself. */
export function eventsOf(change: CacheChange): readonly [CacheEvent, ...CacheEvent[]] {
  switch (change.kind) {
    case "claims":
      return claimsEvents(change.claims);
    case "link":
      return linkEvents(change.link);
    case "link_removed":
      return linkRemovalEvents(change.link);
    case "alias":
      return [{ kind: "ScalarSet", key: aliasKey(change.alias), value: change.actor }];
    case "reference":
      return entryEvents(REFERENCE, REFERENCES, change.reference, change.key);
  }
}

/** The events that remove the link of a key. */
export function linkRemovalOfKey(key: string): readonly [CacheEvent, ...CacheEvent[]] {
  const hash = key.slice(LINK.length);
  return [
    { kind: "KeyDelete", key },
    { kind: "SetRemoveItem", key: LINKS, value: hash },
  ];
}

/** The events that tell what a link, a reference or an alias is now; none for what only grows and is not there. */
export function eventsOfState(key: string, value: string | undefined): readonly CacheEvent[] {
  const meaning = meaningOf(key);
  if (value === undefined) return meaning?.kind === "link" ? linkRemovalOfKey(key) : [];
  if (meaning?.kind === "link") return entryEvents(LINK, LINKS, meaning.hash, value);
  if (meaning?.kind === "reference") return entryEvents(REFERENCE, REFERENCES, meaning.reference, value);
  return meaning?.kind === "alias" ? [{ kind: "ScalarSet", key, value }] : [];
}

function claimsEvents(claims: ActorClaims): readonly [CacheEvent, CacheEvent] {
  return entryEvents(CLAIMS_OF, CLAIMS, claims.subject, claimsJson(claims));
}

function linkEvents(link: LinkDefinition): readonly [CacheEvent, CacheEvent] {
  // The order of the members is that of protocol section 10.1, which is not that of announcements.
  const value = JSON.stringify({
    actor_id: link.actorId,
    provider_id: link.providerId,
    contract_id: link.contractId,
    link_name: link.linkName,
    values: link.values,
  });
  return entryEvents(LINK, LINKS, hashOf(link), value);
}

function linkRemovalEvents(link: LinkRemoval): readonly [CacheEvent, ...CacheEvent[]] {
  return linkRemovalOfKey(LINK + hashOf(link));
}

function entryEvents(
  prefix: string,
  set: string,
  id: string,
  value: string,
): readonly [CacheEvent, CacheEvent] {
  return [
    { kind: "ScalarSet", key: prefix + id, value },
    { kind: "SetAdd", key: set, value: id },
  ];
}

function hashOf({ actorId, contractId, linkName }: LinkRemoval): string {
  return linkHash(actorId, contractId, linkName).toString();
}
