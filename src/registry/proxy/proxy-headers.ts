import { HostError } from "../../errors/index.ts";
import { parseChallenges } from "../challenge.ts";
import type { Exchange } from "../exchange.ts";
import { parseProxyPath } from "./proxy-route.ts";

/** Headers that pass as they are; all others stay here, cookies and those of the connection among them. */
const PASSED = [
  "Docker-Content-Digest",
  "Docker-Distribution-Api-Version",
  "Docker-Upload-UUID",
  "ETag",
  "Range",
];
const PASSED_LIMITS = ["Retry-After", "RateLimit-Limit", "RateLimit-Remaining"];
const UPLOAD_STARTED = 202;
const PARAMETERS = ["service", "scope", "error"];

/** What of an answer's headers a page sees. */
export interface ReturnHeaders {
  readonly exchange: Exchange;
  /** The proxy's path of the registry: `{prefix}/{registry}`. */
  readonly place: string;
  readonly prefix: string;
}

/** The headers of a registry's answer that go back to the page, with every address in them one of the proxy's. */
export function returnHeaders({ exchange, place, prefix }: ReturnHeaders): Record<string, string> {
  const headers: Record<string, string> = { "Content-Type": safeType(exchange.contentType) };
  for (const name of [...PASSED, ...PASSED_LIMITS]) {
    const value = exchange.header(name);
    if (value !== undefined) headers[name] = value;
  }
  const length = exchange.header("content-length");
  if (length !== undefined && exchange.header("content-encoding") === undefined) {
    headers["Content-Length"] = length;
  }
  const challenges = exchange.header("www-authenticate");
  if (challenges !== undefined) headers["WWW-Authenticate"] = rewrittenChallenges(challenges, place);
  const location = exchange.header("location");
  if (location !== undefined && exchange.status === UPLOAD_STARTED) {
    headers["Location"] = rewrittenLocation(location, exchange.url, place, prefix);
  }
  return headers;
}

/** Documents and bytes, nothing that a browser would show or run. */
function safeType(type: string | undefined): string {
  return type !== undefined && /^application\/([\w.+-]+\+)?json$/.test(type)
    ? type
    : "application/octet-stream";
}

/** The token service is reached through the proxy too. */
function rewrittenChallenges(header: string, place: string): string {
  const rewritten = parseChallenges(header).flatMap(({ scheme, parameters }) => {
    if (scheme === "basic") return [`Basic realm="registry"`];
    if (scheme !== "bearer") return [];
    const kept = PARAMETERS.flatMap((name) => {
      const value = parameters.get(name);
      return value === undefined ? [] : [`,${name}="${quotable(value)}"`];
    });
    return [`Bearer realm="${place}/token"${kept.join("")}`];
  });
  return rewritten.join(", ");
}

function quotable(value: string): string {
  return value.replace(/[^ -~]/g, "").replace(/[\\"]/g, "\\$&");
}

/** Uploads go on at the registry itself, or not through here. */
function rewrittenLocation(location: string, from: string, place: string, prefix: string): string {
  const target = URL.canParse(location, from) ? new URL(location, from) : undefined;
  const isHome = target !== undefined && target.origin === new URL(from).origin;
  const path = `${place}${target?.pathname ?? ""}`;
  if (isHome && parseProxyPath(path, prefix) !== undefined) return `${path}${target.search}`;
  throw new HostError(
    "registry.refused",
    "The registry wants uploads at an address that this proxy does not serve",
  );
}
