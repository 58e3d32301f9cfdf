import * as v from "valibot";
import { type ActorClaims, parseActorPayload } from "../claims/index.ts";
import { HostError } from "../errors/index.ts";
import { isPublicKey } from "../keys/index.ts";
import { checkLinkDefinition, type LinkDefinition } from "./link-definition.ts";
import { linkHash } from "./link-hash.ts";
import { checked, undecodable } from "./wire/undecodable.ts";

/** Characters of the JSON of one actor's claims. */
const MAX_CLAIMS_CHARS = 65_536;
const MAX_REFERENCE_CHARS = 4_096;

const text = v.pipe(v.string(), v.minLength(1), v.maxLength(512));
const linkSchema = v.object({
  actor_id: text,
  provider_id: text,
  contract_id: text,
  link_name: text,
  values: v.nullish(v.custom<Readonly<Record<string, string>>>(isTextRecord)),
});

/**
 * The claims kept for an actor. Nothing vouches for them.
 *
 * @throws HostError `lattice.undecodable`, also if they are those of another actor.
 */
export function readClaims(actor: string, value: string): ActorClaims {
  if (value.length > MAX_CLAIMS_CHARS) throw undecodable("cached claims are too large");
  const payload = parseJson(value);
  const claims = checked(() => parseActorPayload(payload));
  if (claims.subject !== actor) throw undecodable("cached claims are those of another actor");
  return claims;
}

/**
 * The link kept under a hash.
 *
 * @throws HostError `lattice.undecodable`, also if it is over a limit of links or has another hash.
 */
export function readLink(hash: string, value: string): LinkDefinition {
  const link = toLink(parseJson(value));
  if (linkHash(link.actorId, link.contractId, link.linkName).toString() === hash) return link;
  throw undecodable("a cached link has another hash than its key");
}

/** @throws HostError `lattice.undecodable` if an alias stands for anything but an actor. */
export function readAliasOwner(value: string): string {
  if (isPublicKey(value, "module")) return value;
  throw undecodable("a cached alias stands for no actor");
}

/** @throws HostError `lattice.undecodable` if a reference leads to anything but an actor or a provider. */
export function readReferenceKey(reference: string, value: string): string {
  if (reference === "" || reference.length > MAX_REFERENCE_CHARS) {
    throw undecodable("a cached reference is empty or too long");
  }
  if (isPublicKey(value, "module") || isPublicKey(value, "service")) return value;
  throw undecodable("a cached reference leads to no actor or provider");
}

/** A link in its JSON form. @throws HostError `lattice.undecodable`. */
export function toLink(json: unknown): LinkDefinition {
  const parsed = v.safeParse(linkSchema, json, { abortEarly: true });
  // The texts of the schema quote what they found, and link values may be secrets.
  if (!parsed.success) throw undecodable("a cached link is incomplete");
  const { actor_id, provider_id, contract_id, link_name, values } = parsed.output;
  const link: LinkDefinition = {
    actorId: actor_id,
    providerId: provider_id,
    linkName: link_name,
    contractId: contract_id,
    values: withoutPrototype(values ?? {}),
  };
  checked(() => checkLinkDefinition(link));
  return link;
}

/** @throws HostError `lattice.undecodable` without a word of the text, which may hold secrets. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new HostError("lattice.undecodable", "Failed to de-serialize: a cached value is not JSON");
  }
}

function isTextRecord(value: unknown): boolean {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  return Object.values(value).every((entry) => typeof entry === "string");
}

/** A key such as `__proto__` is a value like any other. */
function withoutPrototype(values: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.assign(Object.create(null), values);
}
