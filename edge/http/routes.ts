import { isBelow } from "../../src/providers/http/index.ts";

/** Where requests for an actor come in. */
export interface Route {
  /** The actor's `M…` key. */
  readonly actor: string;
  /** Host name without port, in lower case; empty: any. */
  readonly host: string;
  /** `/a` stands for `/a` and all that is below `/a/`; `/` for everything. */
  readonly path: string;
}

/** Puts the most particular first: those with a host name before those without, longer paths before shorter. */
export function sortRoutes<R extends Route>(routes: readonly R[]): R[] {
  return [...routes].sort(
    (a, b) =>
      Number(b.host !== "") - Number(a.host !== "") ||
      b.path.length - a.path.length ||
      compare(a.actor, b.actor),
  );
}

/** The first of the sorted routes that a request takes. */
export function matchRoute(
  routes: readonly Route[],
  request: { readonly host: string; readonly path: string },
): Route | undefined {
  const { host, path } = request;
  return routes.find(
    (route) => (route.host === "" || route.host === host.toLowerCase()) && covers(route.path, path),
  );
}

function covers(prefix: string, path: string): boolean {
  return prefix === "/" || isBelow(prefix, path);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
