import * as v from "valibot";
import { HostError } from "../errors/index.ts";
import { int32, optional, parseWith, seconds, text, texts } from "./schema.ts";

/** What an account says about an actor by signing it. Protocol section 1.4. */
export interface ActorClaims {
  /** The actor's `M…` key. */
  readonly subject: string;
  /** The key of the account that signed. */
  readonly issuer: string;
  /** Id of the token. */
  readonly tokenId: string;
  /** When it was signed, in seconds since 1970. */
  readonly issuedAt: number;
  /** Seconds since 1970; absent: never. */
  readonly expires?: number;
  /** Seconds since 1970; absent: valid at once. */
  readonly notBefore?: number;
  /** Display name. */
  readonly name?: string;
  /** SHA-256 of the module without its token, upper-case hexadecimal. */
  readonly moduleHash: string;
  readonly tags: readonly string[];
  /**
   * Contract ids that the actor may call. **Absent** denies every call of the actor, also to other actors; an empty
   * list denies only calls to providers. Protocol section 4.6.
   */
  readonly capabilities?: readonly string[];
  /** 0 when the claims name none. */
  readonly revision: number;
  /** Version for people to read. */
  readonly version?: string;
  /** Name under which other actors may call this one. */
  readonly callAlias?: string;
  /** The module says that it is a provider. */
  readonly isProvider: boolean;
  /** Members that the claims left out though they have a value here, so that they can be written as they were. */
  readonly omitted?: readonly ("tags" | "rev")[];
}

/** Claims as JSON-ready data in wire names and order. */
export type ActorPayload = Readonly<Record<string, unknown>>;

const metadataSchema = v.object({
  name: v.nullish(text),
  hash: text,
  tags: v.nullish(texts),
  caps: v.nullish(texts),
  rev: v.nullish(int32),
  ver: v.nullish(text),
  call_alias: v.nullish(text),
  prov: v.optional(v.boolean(), false),
});
const payloadSchema = v.object({
  exp: v.nullish(seconds),
  jti: text,
  iat: seconds,
  iss: text,
  sub: text,
  nbf: v.nullish(seconds),
  wascap: v.nullish(metadataSchema),
});

/**
 * Reads claims from their JSON form: the payload of a token, or what the lattice announces and caches. Unknown keys
 * are ignored and null counts as absent, as first-party readers have it; keys are not looked at, since announced
 * claims are unsigned anyway. Strings may have 4,096 characters and lists 1,024 entries.
 * @throws HostError `claims.malformed`
 */
export function parseActorPayload(value: unknown): ActorClaims {
  const { wascap, ...common } = parseWith(payloadSchema, value, "claims.malformed");
  if (wascap === undefined || wascap === null) {
    throw new HostError("claims.malformed", "Invalid JWT algorithm. WASCAP only supports Ed25519", {
      hint: "The claims have no metadata (the text is that of first-party hosts). Sign the module again.",
    });
  }
  const { tags, rev } = wascap;
  const omitted = [...(tags ? [] : ["tags" as const]), ...(typeof rev === "number" ? [] : ["rev" as const])];
  return {
    subject: common.sub,
    issuer: common.iss,
    tokenId: common.jti,
    issuedAt: common.iat,
    ...optional("expires", common.exp),
    ...optional("notBefore", common.nbf),
    ...optional("name", wascap.name),
    moduleHash: wascap.hash,
    tags: tags ?? [],
    ...optional("capabilities", wascap.caps),
    revision: rev ?? 0,
    ...optional("version", wascap.ver),
    ...optional("callAlias", wascap.call_alias),
    isProvider: wascap.prov,
    ...optional("omitted", omitted.length === 0 ? undefined : omitted),
  };
}

/**
 * Claims in their JSON form, keys in protocol order and absent ones left out: the payload of a token, and what is
 * announced on the lattice and kept in its cache. Protocol section 3.8.
 */
export function actorPayload(claims: ActorClaims): ActorPayload {
  const omits = (key: "tags" | "rev"): boolean => claims.omitted?.includes(key) ?? false;
  return {
    ...optional("exp", claims.expires),
    jti: claims.tokenId,
    iat: claims.issuedAt,
    iss: claims.issuer,
    sub: claims.subject,
    ...optional("nbf", claims.notBefore),
    wascap: {
      ...optional("name", claims.name),
      hash: claims.moduleHash,
      ...optional("tags", omits("tags") ? undefined : claims.tags),
      ...optional("caps", claims.capabilities),
      ...optional("rev", omits("rev") ? undefined : claims.revision),
      ...optional("ver", claims.version),
      ...optional("call_alias", claims.callAlias),
      prov: claims.isProvider,
    },
  };
}
