import type { IncomingMessage, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream as NodeReadableStream } from "node:stream/web";
import { PROXY_PREFIX, type RegistryProxyOptions, registryProxy } from "../../src/registry/index.ts";

/** Registries that pages of a server may reach through it. */
export type RouteRegistries = Pick<RegistryProxyOptions, "allow" | "insecure">;

/** Answers a request if it is for a registry; whether it was. */
export type RegistryRoute = (request: IncomingMessage, response: ServerResponse) => boolean;

/**
 * Serves the registry proxy to the pages of a server. A request must name the server as the pages do: else a foreign
 * name that leads to this machine would make a foreign page one of ours.
 * @param host the address that the server listens on
 */
export function registryRoute(registries: RouteRegistries, host: string): RegistryRoute {
  const handle = registryProxy(registries);
  const names = new Set(["127.0.0.1", "localhost", "[::1]", host.includes(":") ? `[${host}]` : host]);
  return (request, response) => {
    if (!request.url?.startsWith(`${PROXY_PREFIX}/`)) return false;
    const name = request.headers.host ?? "";
    if (!names.has(name.replace(/:\d+$/, ""))) {
      response.writeHead(403, { "Content-Type": "text/plain; charset=utf-8" });
      response.end("This server has another name.\n");
      return true;
    }
    void answer(handle, `http://${name}`, request, response);
    return true;
  };
}

async function answer(
  handle: (request: Request) => Promise<Response>,
  origin: string,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  try {
    const response = await handle(requestOf(origin, incoming));
    outgoing.writeHead(response.status, Object.fromEntries(response.headers));
    if (response.body === null) outgoing.end();
    else await pipeline(Readable.fromWeb(response.body as NodeReadableStream), outgoing);
  } catch {
    outgoing.destroy(); // the page left, or the registry failed halfway: the page must not take a part for the whole
  }
}

/** Pages do not push through this server, so no request has a body. */
function requestOf(origin: string, { method = "GET", url = "/", headers }: IncomingMessage): Request {
  const copied = new Headers();
  for (const name of ["accept", "authorization", "content-type", "origin", "sec-fetch-site"]) {
    const value = headers[name];
    if (typeof value === "string") copied.set(name, value);
  }
  return new Request(`${origin}${url}`, { method, headers: copied });
}
