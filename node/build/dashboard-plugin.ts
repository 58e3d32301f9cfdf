import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Connect, Plugin } from "vite";
import { dashboardHeaders } from "../start/dashboard-headers.ts";
import { findStaticFile, requestedPath } from "../start/static-file.ts";
import { buildHttpFront, httpFrontFile } from "./http-front.ts";

/** What the dashboard is made of besides its page. */
export interface DashboardParts {
  /** Folder of the built example actors. */
  readonly actors: string;
  /** Source of the service worker. */
  readonly httpFront: string;
}

/**
 * What the dashboard needs of Vite beyond its configuration: response headers, the example actors, and the service
 * worker under a name that stays.
 */
export function dashboardPlugin({ actors, httpFront }: DashboardParts): Plugin {
  return {
    name: "weblattice-dashboard",
    configureServer(server) {
      server.middlewares.use(sendHeaders);
      server.middlewares.use("/actors", serveActors(actors));
      server.middlewares.use(`/${httpFrontFile}`, serveHttpFront(httpFront));
      server.middlewares.use("/weblattice.json", offerNothing);
    },
    configurePreviewServer(server) {
      server.middlewares.use(sendHeaders);
      server.middlewares.use("/weblattice.json", offerNothing);
    },
    async generateBundle() {
      this.emitFile({ type: "asset", fileName: httpFrontFile, source: await buildHttpFront(httpFront) });
      for (const name of actorFiles(actors)) {
        const source = readFileSync(join(actors, name));
        this.emitFile({ type: "asset", fileName: `actors/${name}`, source });
      }
    },
  };
}

const sendHeaders: Connect.NextHandleFunction = (request, response, next) => {
  const path = requestedPath(request.url ?? "/") ?? "/";
  for (const [name, value] of Object.entries(dashboardHeaders({ path }))) response.setHeader(name, value);
  next();
};

/** Vite's servers start no lattice: the page is told so, and a person enters the address of one. */
const offerNothing: Connect.NextHandleFunction = (_request, response) => {
  response.writeHead(200, { "Content-Type": "application/json", "Cache-Control": "no-store" });
  response.end(JSON.stringify({ namespace: "default" }));
};

/** Browsers ask for it rarely, so each gets the one of now. */
function serveHttpFront(entry: string): Connect.NextHandleFunction {
  return (_request, response, next) => {
    buildHttpFront(entry).then((script) => {
      response.writeHead(200, { "Content-Type": "text/javascript", "Cache-Control": "no-cache" });
      response.end(script);
    }, next);
  };
}

/** Example actors are built beside the page, so the development server is told where they are. */
function serveActors(directory: string): Connect.NextHandleFunction {
  return (request, response) => {
    const path = requestedPath(request.url ?? "/") ?? "/";
    const file = isActorFile(path.slice(1)) ? findStaticFile(directory, path) : undefined;
    if (file === undefined) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, { "Content-Type": file.contentType, "Cache-Control": "no-cache" });
    response.end(readFileSync(file.path));
  };
}

function actorFiles(directory: string): string[] {
  return existsSync(directory) ? readdirSync(directory).filter(isActorFile) : [];
}

function isActorFile(name: string): boolean {
  return name === "index.json" || /^[\w-]+\.wasm$/.test(name);
}
