import { once } from "node:events";
import { createReadStream } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { dashboardHeaders } from "../../../node/start/dashboard-headers.ts";
import { findStaticFile, requestedPath } from "../../../node/start/static-file.ts";
import { pageDirectory } from "../build.ts";
import { guestsDirectory } from "../guests/build-guests.ts";
import type { PageReport } from "../page/page-report.ts";
import { startSuiteServers } from "./suite-servers.ts";

const GUESTS = "/guests/";

/** Serves the suite's page with the headers of the dashboard, and hears how it goes. */
export interface PageServer {
  readonly url: string;
  /** What the page says at the end. */
  readonly report: Promise<PageReport>;
  /** What the suite does now. */
  readonly current: () => string;
  readonly stop: () => Promise<void>;
}

/** @param isolated - whether the page is cross-origin isolated, and so has shared memory. */
export async function startPageServer({ isolated }: { readonly isolated: boolean }): Promise<PageServer> {
  let current = "start of the browser";
  let finish: (report: PageReport) => void = () => undefined;
  const report = new Promise<PageReport>((resolve) => {
    finish = resolve;
  });
  const hear: Readonly<Record<string, (body: string) => void>> = {
    "/suite/current": (title) => {
      current = title;
    },
    // The page is ours and was served from here: what it posts is what it was made to post.
    "/suite/report": (body) => finish(JSON.parse(body) as PageReport),
  };
  // Providers are tried in the isolated page alone.
  const servers = isolated ? await startSuiteServers() : undefined;
  const server = createServer((request, response) => {
    const path = requestedPath(request.url ?? "/") ?? "/";
    for (const [name, value] of Object.entries(dashboardHeaders({ path, isolated }))) {
      response.setHeader(name, value);
    }
    const heard = hear[path];
    if (path === "/suite/servers") response.end(JSON.stringify(servers?.addresses));
    else if (heard !== undefined) void take(request, response, heard);
    else if (path.startsWith(GUESTS)) sendFile(guestsDirectory, path.slice(GUESTS.length - 1), response);
    else sendFile(pageDirectory, path, response);
  });
  server.listen({ port: 0, host: "127.0.0.1" });
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    report,
    current: () => current,
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await servers?.stop();
    },
  };
}

async function take(
  request: IncomingMessage,
  response: ServerResponse,
  heard: (body: string) => void,
): Promise<void> {
  const body = await text(request);
  response.writeHead(204).end();
  heard(body);
}

function sendFile(directory: string, path: string, response: ServerResponse): void {
  const file = findStaticFile(directory, path);
  if (file === undefined) {
    response.writeHead(404).end();
    return;
  }
  response.writeHead(200, { "Content-Type": file.contentType, "Content-Length": file.size });
  createReadStream(file.path).pipe(response);
}
