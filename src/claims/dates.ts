import { HostError } from "../errors/index.ts";

/** Whether `exp` has passed. Equal is not yet expired, as in first-party hosts. */
export function areExpired(expires: number | null | undefined, nowSeconds: number): boolean {
  return typeof expires === "number" && expires < nowSeconds;
}

/** Whether `nbf` is still to come. */
export function areTooEarly(notBefore: number | null | undefined, nowSeconds: number): boolean {
  return typeof notBefore === "number" && nowSeconds < notBefore;
}

/**
 * Checks the dates of an actor's claims. Done when the actor is loaded, and again while it runs: first-party hosts
 * look once only. Protocol section 1.5.
 * @param nowSeconds seconds since 1970
 * @throws HostError `claims.not_yet_valid`, or `claims.expired`
 */
export function checkClaimDates(
  claims: { readonly expires?: number; readonly notBefore?: number },
  nowSeconds: number,
): void {
  const { expires, notBefore } = claims;
  if (notBefore !== undefined && areTooEarly(notBefore, nowSeconds)) {
    throw new HostError("claims.not_yet_valid", "Actor claims cannot be used yet", {
      hint: `They are valid from ${utc(notBefore)}. Check the clock of this machine, or wait.`,
      details: { notBefore },
    });
  }
  if (expires !== undefined && areExpired(expires, nowSeconds)) {
    throw new HostError("claims.expired", "Actor claims have expired", {
      hint: `They were valid until ${utc(expires)}. Sign the module again with a later expiry.`,
      details: { expires },
    });
  }
}

/** A time as text; times beyond JavaScript's calendar as seconds. */
function utc(seconds: number): string {
  const date = new Date(seconds * 1000);
  return Number.isNaN(date.getTime()) ? `${seconds} seconds after 1970` : date.toISOString();
}
