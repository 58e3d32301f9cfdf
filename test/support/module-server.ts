import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll } from "vitest";
import { testActor } from "./actors.ts";

/** Answers a path of a {@link ModuleServer} in a way of the test's own. */
export type Route = (request: IncomingMessage, response: ServerResponse) => void;

/** An HTTP server of modules: `/echo.wasm` and so on are those of `test/actors`. */
export interface ModuleServer {
  readonly origin: string;
  /** Paths that were asked for so far. */
  readonly requests: string[];
  /** Answers a path in another way from now on. */
  route(path: string, route: Route): void;
  /** Address of a test actor. */
  actor(name: string): string;
}

/** A module server for the tests of one file. */
export function useModuleServer(): ModuleServer {
  const routes = new Map<string, Route>();
  const requests: string[] = [];
  let server: Server;
  let origin = "";
  beforeAll(async () => {
    server = createServer((request, response) => {
      const path = request.url ?? "";
      requests.push(path);
      const route = routes.get(path) ?? serveActor;
      route(request, response);
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    get origin() {
      return origin;
    },
    requests,
    route: (path, route) => routes.set(path, route),
    actor: (name) => `${origin}/${name}.wasm`,
  };
}

function serveActor(request: IncomingMessage, response: ServerResponse): void {
  const [, name] = /^\/([a-z-]+)\.wasm$/.exec(request.url ?? "") ?? [];
  try {
    if (name === undefined) throw new Error("no module");
    response.end(testActor(name).bytes);
  } catch {
    response.writeHead(404).end("not here");
  }
}
