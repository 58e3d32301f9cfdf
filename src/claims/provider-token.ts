import { HostError } from "../errors/index.ts";
import { isPublicKey, type KeyPair } from "../keys/index.ts";
import { checkClaimDates } from "./dates.ts";
import { encodeJwt } from "./jwt.ts";
import { nuid } from "./nuid.ts";
import {
  type ProviderClaims,
  parseProviderPayload,
  providerPayload,
  type WrittenProviderClaims,
} from "./provider-claims.ts";
import { requireKind } from "./require-key.ts";
import { verifyJwt } from "./verify-jwt.ts";

/** What to say about a provider when signing it; what is left out of the claims where absent. */
export interface ProviderSigning
  extends Omit<WrittenProviderClaims, "issuer" | "tokenId" | "issuedAt" | "targetHashes"> {
  /** Id of the token. Default: a random one. */
  readonly tokenId?: string;
}

/** Options of {@link verifyProviderToken}. */
export interface VerifyProviderOptions {
  /** The time to compare dates with, in seconds since 1970. Default: the clock. */
  readonly now?: number;
  /** Whether claims that are expired or too early are refused. Default: true. */
  readonly checkDates?: boolean;
}

/**
 * Signs claims about a provider as a token.
 * @param targetHashes SHA-256 of the file of each target, upper-case hexadecimal
 * @param issuer a key pair of kind account
 * @param now time of issue, in seconds since 1970; default: the clock
 * @throws HostError `input.invalid` for keys of the wrong kind and an empty contract or vendor; `claims.malformed`
 */
export async function signProviderClaims(
  signing: ProviderSigning,
  targetHashes: Readonly<Record<string, string>>,
  issuer: KeyPair,
  now: number = Math.floor(Date.now() / 1000),
): Promise<string> {
  requireKind(issuer.publicKey, "account", "issuer");
  requireKind(signing.subject, "service", "subject");
  if (signing.contractId === "" || signing.vendor === "") {
    throw new HostError("input.invalid", "A provider's claims name its contract and its vendor");
  }
  const payload = providerPayload({
    ...signing,
    tokenId: signing.tokenId ?? nuid(),
    issuer: issuer.publicKey,
    issuedAt: now,
    targetHashes,
  });
  // What we sign we must be able to read.
  const read = parseProviderPayload(payload);
  if (Object.keys(read.targetHashes).length !== Object.keys(targetHashes).length) {
    throw new HostError("input.invalid", "A target has a name that cannot be read again");
  }
  return encodeJwt(payload, issuer);
}

/**
 * Verifies a token about a provider: form, signature, kinds of the keys and dates. First-party 0.18 hosts only decode
 * it. Without a policy on issuers this proves no more than that somebody signed. Contracts sections 2.3 and 5.6.
 * @throws HostError `jwt.malformed`, `jwt.algorithm`, `claims.malformed`, `jwt.signature`, `claims.not_yet_valid`,
 * `claims.expired`
 */
export async function verifyProviderToken(
  token: string,
  options: VerifyProviderOptions = {},
): Promise<ProviderClaims> {
  const { now = Date.now() / 1000, checkDates = true } = options;
  const report = await verifyJwt(token, { now });
  const claims = parseProviderPayload(report.payload);
  if (!report.signatureValid) {
    throw new HostError("jwt.signature", "Provider claims token has invalid signature", {
      hint: "The claims were changed after signing. Do not run this provider; get it from its issuer again.",
    });
  }
  checkKeys(claims);
  if (checkDates) checkClaimDates(claims, now, "Provider");
  return claims;
}

function checkKeys({ issuer, subject }: ProviderClaims): void {
  if (!isPublicKey(issuer, "account")) {
    throw new HostError("claims.malformed", "The issuer of the provider claims is not an account key", {
      hint: "Providers are signed with an account key, which begins with A.",
      details: { issuer },
    });
  }
  if (!isPublicKey(subject, "service")) {
    throw new HostError("claims.malformed", "The subject of the provider claims is not a provider key", {
      hint: "A provider's key begins with V.",
      details: { subject },
    });
  }
}
