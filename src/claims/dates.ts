import { HostError } from "../errors/index.ts";

/** Whether `exp` has passed. Equal is not yet expired, as in first-party hosts. */
export function areExpired(expires: number | null | undefined, nowSeconds: number): boolean {
  return typeof expires === "number" && expires < nowSeconds;
}

/** Whether `nbf` is still to come. */
export function areTooEarly(notBefore: number | null | undefined, nowSeconds: number): boolean {
  return typeof notBefore === "number" && nowSeconds < notBefore;
}

/** Whose claims they are, and what has to be signed again when they are over. */
const SIGNED = { Actor: "module", Provider: "archive" } as const;

/**
 * Checks the dates of claims. Done when an actor is loaded, and again while it runs: first-party hosts look once
 * only, and never at those of providers. Protocol section 1.5.
 * @param nowSeconds seconds since 1970
 * @param whose for the text; default: an actor's
 * @throws HostError `claims.not_yet_valid`, or `claims.expired`
 */
export function checkClaimDates(
  claims: { readonly expires?: number; readonly notBefore?: number },
  nowSeconds: number,
  whose: keyof typeof SIGNED = "Actor",
): void {
  const { expires, notBefore } = claims;
  if (notBefore !== undefined && areTooEarly(notBefore, nowSeconds)) {
    throw new HostError("claims.not_yet_valid", `${whose} claims cannot be used yet`, {
      hint: `They are valid from ${utc(notBefore)}. Check the clock of this machine, or wait.`,
      details: { notBefore },
    });
  }
  if (expires !== undefined && areExpired(expires, nowSeconds)) {
    throw new HostError("claims.expired", `${whose} claims have expired`, {
      hint: `They were valid until ${utc(expires)}. Sign the ${SIGNED[whose]} again with a later expiry.`,
      details: { expires },
    });
  }
}

/** A time as text; times beyond JavaScript's calendar as seconds. */
function utc(seconds: number): string {
  const date = new Date(seconds * 1000);
  return Number.isNaN(date.getTime()) ? `${seconds} seconds after 1970` : date.toISOString();
}
