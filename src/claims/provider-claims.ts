import * as v from "valibot";
import { int32, optional, parseWith, seconds, text } from "./schema.ts";

/** What an account says about a capability provider by signing it. Contracts section 2.2. */
export interface ProviderClaims {
  /** The provider's `V…` key. */
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
  /** The contract it fulfils, such as `wasmcloud:keyvalue`. */
  readonly contractId: string;
  readonly vendor: string;
  /** 0 when the claims name none. */
  readonly revision: number;
  /** Version for people to read. */
  readonly version?: string;
  /** SHA-256 of the file of each target, upper-case hexadecimal. */
  readonly targetHashes: Readonly<Record<string, string>>;
}

const HASHES_LIMIT = 1_024;
const metadataSchema = v.object({
  name: v.nullish(text),
  capid: text,
  vendor: text,
  rev: v.nullish(int32),
  ver: v.nullish(text),
  // Names that objects give a meaning of their own, such as `__proto__`, are dropped: no such target has a hash then.
  target_hashes: v.pipe(v.record(text, text), v.maxEntries(HASHES_LIMIT)),
});
const payloadSchema = v.object({
  exp: v.nullish(seconds),
  jti: text,
  iat: seconds,
  iss: text,
  sub: text,
  nbf: v.nullish(seconds),
  wascap: metadataSchema,
});

/**
 * Reads claims from the payload of a token. Unknown keys are ignored, and null counts as absent. Strings may have
 * 4,096 characters, and there may be 1,024 targets.
 * @throws HostError `claims.malformed`
 */
export function parseProviderPayload(value: unknown): ProviderClaims {
  const { wascap, ...common } = parseWith(payloadSchema, value, "claims.malformed");
  return {
    subject: common.sub,
    issuer: common.iss,
    tokenId: common.jti,
    issuedAt: common.iat,
    ...optional("expires", common.exp),
    ...optional("notBefore", common.nbf),
    ...optional("name", wascap.name),
    contractId: wascap.capid,
    vendor: wascap.vendor,
    revision: wascap.rev ?? 0,
    ...optional("version", wascap.ver),
    targetHashes: wascap.target_hashes,
  };
}

/** {@link ProviderClaims} as they are written: a revision may be left out. */
export type WrittenProviderClaims = Omit<ProviderClaims, "revision"> & { readonly revision?: number };

/**
 * Claims as the payload of a token, keys in protocol order. Absent ones are left out, but for the name, which is then
 * null. Contracts section 2.2.
 */
export function providerPayload(claims: WrittenProviderClaims): Readonly<Record<string, unknown>> {
  return {
    ...optional("exp", claims.expires),
    jti: claims.tokenId,
    iat: claims.issuedAt,
    iss: claims.issuer,
    sub: claims.subject,
    ...optional("nbf", claims.notBefore),
    wascap: {
      name: claims.name ?? null,
      capid: claims.contractId,
      vendor: claims.vendor,
      ...optional("rev", claims.revision),
      ...optional("ver", claims.version),
      target_hashes: claims.targetHashes,
    },
  };
}
