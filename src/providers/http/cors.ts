import { commaItems, invalidValue, type LinkValues, listValue } from "../link-values.ts";
import { isHeaderName } from "./header-syntax.ts";
import type { IncomingRequest } from "./http-front.ts";

/** What pages of other origins may do. */
export interface CorsRules {
  readonly origins: readonly string[];
  readonly methods: readonly string[];
  readonly headers: readonly string[];
}

/** What CORS makes of a request. */
export type CorsDecision =
  | { readonly kind: "none" }
  | { readonly kind: "refused" }
  /** Headers to set on the answer; it is the whole answer if this was a preflight. */
  | {
      readonly kind: "allowed";
      readonly headers: Readonly<Record<string, string>>;
      readonly isPreflight: boolean;
    };

/**
 * Reads `CORS_ALLOWED_ORIGINS`, `CORS_ALLOWED_METHODS` and `CORS_ALLOWED_HEADERS`, each `*` or a comma list. Contracts
 * document 7.2. Without methods, those that any page may use by itself; without origins, there is no CORS.
 *
 * @throws HostError `link.invalid`.
 */
export function readCors(values: LinkValues): CorsRules | undefined {
  const given = listValue(values, "CORS_ALLOWED_ORIGINS");
  const methods = listValue(values, "CORS_ALLOWED_METHODS").map((method) => method.toUpperCase());
  const headers = listValue(values, "CORS_ALLOWED_HEADERS").map((header) => header.toLowerCase());
  if (!given.every((origin) => origin === "*" || isOrigin(origin))) {
    throw invalidValue("CORS_ALLOWED_ORIGINS", "must be * or a comma list such as https://example.com");
  }
  if (!methods.every(isHeaderName))
    throw invalidValue("CORS_ALLOWED_METHODS", "must be * or a list of methods");
  if (!headers.every(isHeaderName))
    throw invalidValue("CORS_ALLOWED_HEADERS", "must be * or a list of headers");
  if (given.length === 0) return undefined;
  // As browsers write them: in small letters, and without the port that goes without saying.
  const origins = given.map((origin) => (origin === "*" ? origin : new URL(origin).origin));
  return { origins, methods: methods.length === 0 ? ["GET", "HEAD", "POST"] : methods, headers };
}

export function decideCors(
  rules: CorsRules | undefined,
  request: Pick<IncomingRequest, "method" | "headers" | "mode">,
  url: URL,
): CorsDecision {
  const origin = request.headers.get("origin");
  if (
    request.mode === "navigate" ||
    rules === undefined ||
    origin === null ||
    origin === `${url.protocol}//${url.host}`
  )
    return { kind: "none" };
  const asked = request.headers.get("access-control-request-method");
  const isPreflight = request.method === "OPTIONS" && asked !== null;
  if (!allows(rules.origins, origin)) return { kind: "refused" };
  const allowed = {
    "access-control-allow-origin": rules.origins.includes("*") ? "*" : origin,
    vary: "Origin",
  };
  if (!isPreflight) return { kind: "allowed", headers: allowed, isPreflight };
  const headers = commaItems(request.headers.get("access-control-request-headers")?.toLowerCase() ?? "");
  if (!allows(rules.methods, asked.toUpperCase()) || !headers.every((name) => allows(rules.headers, name))) {
    return { kind: "refused" };
  }
  const preflight = {
    ...allowed,
    // A star would not stand for Authorization: what was asked for is named.
    "access-control-allow-methods": asked.toUpperCase(),
    ...(headers.length === 0 ? {} : { "access-control-allow-headers": headers.join(", ") }),
  };
  return { kind: "allowed", headers: preflight, isPreflight };
}

function allows(rules: readonly string[], value: string): boolean {
  return rules.includes("*") || rules.includes(value);
}

function isOrigin(text: string): boolean {
  return /^https?:\/\/[^/\s]+$/.test(text) && URL.canParse(text);
}
