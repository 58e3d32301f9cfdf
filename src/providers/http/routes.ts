import { HostError } from "../../errors/index.ts";
import { invalidValue, type LinkValues, listValue, textValue } from "../link-values.ts";
import type { ServedRoute } from "./http-front.ts";

/** Which requests are for an actor. */
export interface Route {
  /** Host names, with a port where only that one is meant; none: all. */
  readonly hosts: readonly string[];
  /** What the path begins with, without a slash at its end; empty for all paths. */
  readonly prefix: string;
}

const PREFIX = /^(?:\/[A-Za-z0-9._~!$&'()*+,;=:@%-]+)*$/;
const HOST = /^[a-z0-9_-]+(?:\.[a-z0-9_-]+)*(?::\d{1,5})?$/;

/**
 * Reads `PATH`, by default `/` and the actor's key, or all paths if there is a `HOST`; and `HOST`, a comma list.
 *
 * @param base - stands before every path.
 * @throws HostError `link.invalid`.
 */
export function readRoute(values: LinkValues, actor: string, base = ""): Route {
  const hosts = listValue(values, "HOST").map((host) => host.toLowerCase());
  if (!hosts.every((host) => HOST.test(host))) {
    throw invalidValue("HOST", "must be a comma list of host names such as app.example.com");
  }
  const path = textValue(values, "PATH") ?? (hosts.length === 0 ? `/${actor}` : "/");
  const prefix = path.replace(/\/$/, "");
  if (!PREFIX.test(prefix) || hasTraversal(prefix)) {
    throw invalidValue("PATH", "must be a path such as /app, percent-encoded and without .. segments");
  }
  return { hosts, prefix: base + prefix };
}

/** Whether a path has `..` between what some server could take for slashes. */
export function hasTraversal(path: string): boolean {
  const plain = path.toLowerCase().replaceAll("%2e", ".").replaceAll("%2f", "/").replaceAll("%5c", "\\");
  return plain.split(/[/\\]/).includes("..");
}

/** Routes of all actors: of those that fit a request, one for its host goes first, then the longest prefix. */
export class RouteTable {
  readonly #routes = new Map<string, Route>();

  /** @throws HostError `link.invalid` if another actor has the same host and prefix. */
  add(actor: string, route: Route): void {
    const hosts = route.hosts.length === 0 ? [""] : route.hosts;
    for (const [other, known] of this.#routes) {
      const knownHosts = known.hosts.length === 0 ? [""] : known.hosts;
      const isTaken = known.prefix === route.prefix && hosts.some((host) => knownHosts.includes(host));
      if (other === actor || !isTaken) continue;
      throw new HostError(
        "link.invalid",
        `The path ${route.prefix || "/"} belongs to the actor ${other} already`,
        {
          hint: "Give the link another PATH or HOST.",
        },
      );
    }
    this.#routes.set(actor, route);
  }

  remove(actor: string): void {
    this.#routes.delete(actor);
  }

  all(): ServedRoute[] {
    return [...this.#routes].map(([actor, { prefix, hosts }]) => ({ actor, prefix, hosts }));
  }

  find(url: URL): { readonly actor: string; readonly route: Route } | undefined {
    let best: { readonly actor: string; readonly route: Route; readonly rank: number } | undefined;
    for (const [actor, route] of this.#routes) {
      if (!fits(route, url)) continue;
      const rank = (route.hosts.length === 0 ? 0 : 1_000_000) + route.prefix.length;
      if (best === undefined || rank > best.rank) best = { actor, route, rank };
    }
    return best;
  }
}

function fits({ hosts, prefix }: Route, url: URL): boolean {
  return isBelow(prefix, url.pathname) && isOfHosts(hosts, url);
}

/** Whether a path begins with a prefix that has no slash at its end. */
export function isBelow(prefix: string, path: string): boolean {
  return path === prefix || path.startsWith(`${prefix}/`);
}

/** Whether an address is at one of the hosts of a route; none: all. */
export function isOfHosts(hosts: readonly string[], url: Pick<URL, "host" | "hostname">): boolean {
  return hosts.length === 0 || hosts.includes(url.host) || hosts.includes(url.hostname);
}
