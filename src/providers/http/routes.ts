import { HostError } from "../../errors/index.ts";
import { invalidValue, type LinkValues, listValue } from "../link-values.ts";
import type { ServedRoute } from "./http-front.ts";

const PREFIX = /^(?:\/[A-Za-z0-9._~!$&'()*+;=:@%-]+)*$/;
const HOST = /^[a-z0-9_-]+(?:\.[a-z0-9_-]+)*(?::\d{1,5})?$/;

/** Paths of one link. */
const MAX_PATHS = 64;

/** Where paths begin that a link does not say. */
export interface RouteDefaults {
  /** Stands before every path; default nothing. */
  readonly base?: string;
  /** The path of a link without `PATH`; default `/` and the actor's key, or all paths if there is a `HOST`. */
  readonly path?: string;
}

/**
 * Reads `PATH` and `HOST`, each a comma list.
 *
 * @returns a route for each path.
 * @throws HostError `link.invalid`.
 */
export function readRoutes(
  values: LinkValues,
  actor: string,
  { base = "", path }: RouteDefaults = {},
): readonly ServedRoute[] {
  const hosts = listValue(values, "HOST").map((host) => host.toLowerCase());
  if (!hosts.every((host) => HOST.test(host))) {
    throw invalidValue("HOST", "must be a comma list of host names such as app.example.com");
  }
  const given = listValue(values, "PATH");
  if (given.length > MAX_PATHS) throw invalidValue("PATH", `must have no more than ${MAX_PATHS} paths`);
  const paths = given.length > 0 ? given : [path ?? (hosts.length === 0 ? `/${actor}` : "/")];
  return paths.map((each) => ({ actor, prefix: base + prefixOf(each), hosts }));
}

function prefixOf(path: string): string {
  const prefix = path.replace(/\/$/, "");
  if (PREFIX.test(prefix) && !hasTraversal(prefix)) return prefix;
  throw invalidValue(
    "PATH",
    "must be a comma list of paths such as /app, percent-encoded and without .. segments",
  );
}

/** Whether a path has `..` between what some server could take for slashes. */
export function hasTraversal(path: string): boolean {
  const plain = path.toLowerCase().replaceAll("%2e", ".").replaceAll("%2f", "/").replaceAll("%5c", "\\");
  return plain.split(/[/\\]/).includes("..");
}

/** @throws HostError `link.invalid` if another actor has the host and prefix of one of the routes. */
export function checkFree(routes: readonly ServedRoute[], taken: readonly ServedRoute[]): void {
  for (const { actor, prefix, hosts } of routes) {
    const owner = taken.find(
      (known) => known.actor !== actor && known.prefix === prefix && shareHost(known.hosts, hosts),
    );
    if (owner === undefined) continue;
    throw new HostError(
      "link.invalid",
      `The path ${prefix || "/"} belongs to the actor ${owner.actor} already`,
      {
        hint: "Give the link another PATH or HOST.",
      },
    );
  }
}

/** Of the routes that fit an address, one for its host goes first, then the longest prefix. */
export function findRoute<R extends ServedRoute>(routes: readonly R[], url: URL): R | undefined {
  let best: R | undefined;
  for (const route of routes) {
    const fits = isBelow(route.prefix, url.pathname) && isOfHosts(route.hosts, url);
    if (fits && (best === undefined || rank(route) > rank(best))) best = route;
  }
  return best;
}

function rank({ hosts, prefix }: ServedRoute): number {
  return (hosts.length === 0 ? 0 : 1_000_000) + prefix.length;
}

function shareHost(some: readonly string[], others: readonly string[]): boolean {
  if (some.length === 0 || others.length === 0) return some.length === others.length;
  return some.some((host) => others.includes(host));
}

/** Whether a path begins with a prefix that has no slash at its end. */
export function isBelow(prefix: string, path: string): boolean {
  return path === prefix || path.startsWith(`${prefix}/`);
}

/** Whether an address is at one of the hosts of a route; none: all. */
export function isOfHosts(hosts: readonly string[], url: Pick<URL, "host" | "hostname">): boolean {
  return hosts.length === 0 || hosts.includes(url.host) || hosts.includes(url.hostname);
}
