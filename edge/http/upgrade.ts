import { findRoute } from "../../src/providers/http/index.ts";
import type { ServedRoute } from "../../src/providers/index.ts";

/** Where terminals connect. */
export interface TerminalRoute extends ServedRoute {
  /** Origins of pages that may, besides those of the address itself; `*` for all. */
  readonly origins: readonly string[];
}

/** Whether a request asks for a WebSocket. */
export function asksForWebSocket(request: Request): boolean {
  return request.method === "GET" && request.headers.get("upgrade")?.toLowerCase() === "websocket";
}

/** The route of exactly this path, one for its host before one for all. */
export function matchTerminal(routes: readonly TerminalRoute[], url: URL): TerminalRoute | undefined {
  const path = url.pathname.replace(/\/+$/, "");
  return findRoute(
    routes.filter(({ prefix }) => prefix === path),
    url,
  );
}

/**
 * Whether a page may connect: WebSockets are not bound to the origin of a page, and bring its user's cookies along.
 * Programs that are no pages send no `Origin`.
 */
export function mayConnect({ origins }: TerminalRoute, request: Request): boolean {
  const origin = request.headers.get("origin");
  if (origin === null || origins.includes("*")) return true;
  return origin === new URL(request.url).origin || origins.includes(origin);
}

/**
 * The request for the object that holds the host: it says what for, and nothing of what the client sent.
 *
 * @param query - `feed`, or `terminal` with the key of an actor.
 */
export function upgradeOf(query: Readonly<Record<string, string>>): Request {
  const url = new URL("https://object.invalid/");
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  return new Request(url, { headers: { upgrade: "websocket" } });
}
