import { once } from "node:events";
import { createReadStream } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { dashboardHeaders } from "../../node/start/dashboard-headers.ts";
import { findStaticFile, requestedPath } from "../../node/start/static-file.ts";
import type { TabAnswer } from "./tab-api.ts";
import { TabLine } from "./tab-line.ts";

/** Serves the page with the dashboard's headers, and is how its tabs are spoken to. */
export interface PageServer {
  /** Opens a line to a tab that is going to be opened at that address. */
  openLine(name: string): { readonly line: TabLine; readonly url: string };
  stop(): Promise<void>;
}

/** @param directories - where files are looked for, by the first part of the path; "" for all others. */
export async function startPageServer(directories: {
  readonly page: string;
  readonly actors: string;
}): Promise<PageServer> {
  const lines = new Map<string, TabLine>();
  const server = createServer((request, response) => {
    const path = requestedPath(request.url ?? "/") ?? "/";
    for (const [name, value] of Object.entries(dashboardHeaders({ path }))) response.setHeader(name, value);
    const { searchParams } = new URL(request.url ?? "/", "http://bench");
    const line = lines.get(searchParams.get("tab") ?? "");
    if (path === "/bench/command" && line !== undefined) sendCommand(line, response);
    else if (path === "/bench/answer" && line !== undefined) void takeAnswer(line, request, response);
    else if (path.startsWith("/actors/"))
      sendFile(directories.actors, path.slice("/actors".length), response);
    else sendFile(directories.page, path, response);
  });
  server.listen({ port: 0, host: "127.0.0.1" });
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    openLine: (name) => {
      const line = new TabLine();
      lines.set(name, line);
      return { line, url: `http://127.0.0.1:${port}/?tab=${name}` };
    },
    stop: async () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

function sendCommand(line: TabLine, response: ServerResponse): void {
  line.onReady((command) => {
    response.writeHead(200, { "Content-Type": "application/json", "Cache-Control": "no-store" });
    response.end(JSON.stringify(command));
  });
}

async function takeAnswer(line: TabLine, request: IncomingMessage, response: ServerResponse): Promise<void> {
  // The page is ours and was served from here: what it posts is what it was made to post.
  line.onAnswer(JSON.parse(await text(request)) as TabAnswer);
  response.writeHead(204).end();
}

function sendFile(directory: string, path: string, response: ServerResponse): void {
  const file = findStaticFile(directory, path);
  if (file === undefined) {
    response.writeHead(404).end();
    return;
  }
  // Scripts of workers come from the cache, as they do in the dashboard.
  const { contentType, size, cacheControl } = file;
  response.writeHead(200, {
    "Content-Type": contentType,
    "Content-Length": size,
    "Cache-Control": cacheControl,
  });
  createReadStream(file.path).pipe(response);
}
