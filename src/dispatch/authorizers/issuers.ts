import { HostError } from "../../errors/index.ts";
import { isPublicKey } from "../../keys/index.ts";
import type { Authorizer } from "../authorizer.ts";

/**
 * Lets actors load and call only if one of these accounts signed them. An empty list allows none.
 *
 * @param issuers - `A…` keys of accounts.
 * @throws HostError `input.invalid` for what is no key of an account.
 */
export function allowIssuers(issuers: readonly string[]): Authorizer {
  const allowed = accountKeys(issuers);
  return byIssuer((issuer) => allowed.has(issuer));
}

/**
 * Lets no actor load or call that one of these accounts signed. An empty list denies none.
 *
 * @param issuers - `A…` keys of accounts.
 * @throws HostError `input.invalid` for what is no key of an account.
 */
export function denyIssuers(issuers: readonly string[]): Authorizer {
  const denied = accountKeys(issuers);
  return byIssuer((issuer) => !denied.has(issuer));
}

function byIssuer(isAllowed: (issuer: string) => boolean): Authorizer {
  return {
    canLoad: ({ issuer }) => isAllowed(issuer),
    canInvoke: ({ issuer }) => isAllowed(issuer),
  };
}

function accountKeys(issuers: readonly string[]): ReadonlySet<string> {
  for (const [index, issuer] of issuers.entries()) {
    if (isPublicKey(issuer, "account")) continue;
    // Not quoted: it may be a seed, given by mistake.
    throw new HostError(
      "input.invalid",
      `Issuer ${index + 1} of ${issuers.length} is not the key of an account`,
      {
        hint: "Give public keys of accounts: 56 characters that begin with A.",
        details: { index },
      },
    );
  }
  return new Set(issuers);
}
