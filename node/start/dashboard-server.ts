import { once } from "node:events";
import { createReadStream } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { pipeline } from "node:stream";
import { HostError, messageOf } from "../../src/errors/index.ts";
import { withDeadline } from "../system/deadline.ts";
import { dashboardHeaders } from "./dashboard-headers.ts";
import { type RegistryRoute, type RouteRegistries, registryRoute } from "./registry-route.ts";
import { findStaticFile, requestedPath, type StaticFile } from "./static-file.ts";

/** Options of {@link startDashboard}. */
export interface DashboardOptions {
  /** The folder with the built dashboard. */
  readonly directory: string;
  /** Port to listen on; default any free one. */
  readonly port?: number;
  /** Address to listen on; default `127.0.0.1`. */
  readonly host?: string;
  /** Whether pages are cross-origin isolated and so have shared memory; default `true`. */
  readonly isolated?: boolean;
  /** WebSocket address of a lattice that the page offers to join; default none. */
  readonly latticeUrl?: string;
  /** Where that lattice came from. */
  readonly latticeKind?: string;
  /** What that lattice is, for people. */
  readonly latticeLabel?: string;
  /** Registries that pages may reach through this server; default none. */
  readonly registries?: RouteRegistries;
}

/** A running dashboard server. */
export interface DashboardServer {
  /** Address of the page. */
  readonly url: string;
  /** Ends the server and its connections. Stopping twice is fine. */
  stop(): Promise<void>;
}

/** Serves a built dashboard, with the headers it needs and what it may join and reach at `/weblattice.json`. */
export async function startDashboard(options: DashboardOptions): Promise<DashboardServer> {
  const { port = 0, host = "127.0.0.1" } = options;
  const { registries } = options;
  const route = registries === undefined ? () => false : registryRoute(registries, host);
  const server = createServer((request, response) => answer(options, route, request, response));
  server.listen({ port, host });
  await withDeadline(once(server, "listening"), 5000, "Starting the dashboard server").catch((cause) => {
    throw new HostError("system.port_taken", `The dashboard server: ${messageOf(cause)}.`, { cause });
  });
  const address = server.address() as AddressInfo;
  return { url: `http://${host}:${address.port}`, stop: () => stop(server) };
}

/** Paths of actors come here only from browsers and pages that no service worker stands before. */
const actorsAreElsewhere =
  "Actors are served here by a tab of the same browser. Open the dashboard in one, start its HTTP server, and reload.";

function answer(
  options: DashboardOptions,
  route: RegistryRoute,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  if (route(request, response)) return;
  const path = requestedPath(request.url ?? "/");
  const { isolated = true } = options;
  for (const [name, value] of Object.entries(dashboardHeaders({ path: path ?? "/", isolated }))) {
    response.setHeader(name, value);
  }
  const file = path === undefined ? undefined : findStaticFile(options.directory, path);
  if (path !== undefined && /^\/http(\/|$)/.test(path)) sendText(response, 503, actorsAreElsewhere);
  else if (request.method !== "GET" && request.method !== "HEAD") {
    response.setHeader("Allow", "GET, HEAD");
    sendText(response, 405, "Only GET and HEAD are answered here.");
  } else if (path === undefined) sendText(response, 400, "This is not a path of the dashboard.");
  else if (path === "/weblattice.json") sendOffer(options, response);
  else if (file === undefined) sendText(response, 404, "There is no such file.");
  else sendFile(file, request, response);
}

function sendFile(file: StaticFile, request: IncomingMessage, response: ServerResponse): void {
  response.setHeader("ETag", file.entityTag);
  response.setHeader("Cache-Control", file.cacheControl);
  if (request.headers["if-none-match"]?.split(/,\s*/).includes(file.entityTag)) {
    response.writeHead(304).end();
    return;
  }
  response.writeHead(200, { "Content-Type": file.contentType, "Content-Length": file.size });
  if (request.method === "HEAD") {
    response.end();
    return;
  }
  // A file that vanishes, or a client that leaves, ends this response only; pipeline has destroyed both ends.
  pipeline(createReadStream(file.path), response, () => undefined);
}

function sendOffer(options: DashboardOptions, response: ServerResponse): void {
  const { latticeUrl, latticeKind, latticeLabel } = options; // all absent where there is no lattice
  const registries = options.registries?.allow; // reached below /registry-proxy
  const offer = { latticeUrl, latticeKind, latticeLabel, namespace: "default", registries };
  response.writeHead(200, { "Content-Type": "application/json; charset=utf-8", "Cache-Control": "no-store" });
  response.end(JSON.stringify(offer));
}

function sendText(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { "Content-Type": "text/plain; charset=utf-8", "Cache-Control": "no-store" });
  response.end(`${text}\n`);
}

async function stop(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeAllConnections();
  await withDeadline(closed, 5000, "Stopping the dashboard server");
}
