import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach } from "vitest";

/** Answers one path in a way of the test's own. */
export type Route = (request: IncomingMessage, response: ServerResponse) => void;

/** What a server was asked. */
export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly authorization: string | undefined;
  readonly cookie: string | undefined;
}

/** A server that answers as a test wants, for what no honest registry does. */
export interface HandmadeRegistry {
  /** Host and port. */
  readonly name: string;
  readonly url: string;
  /** Requests of this test, in order. */
  readonly asked: Asked[];
  /** Answers a path, with its query, in this way from now on. */
  route(path: string, route: Route): void;
  /** Serves bytes as a blob of the repository `test`; returns how a manifest names them. */
  blob(bytes: Uint8Array, mediaType?: string): Named;
  /** Serves a manifest of the repository `test`, by its digest and as a tag; returns how an index names it. */
  manifest(body: unknown, options?: { readonly tag?: string; readonly mediaType?: string }): Named;
}

/** How a manifest or an index names a piece. */
export interface Named {
  readonly mediaType: string;
  readonly size: number;
  readonly digest: string;
}

export const WASM_LAYER = "application/vnd.module.wasm.content.layer.v1+wasm";
export const OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json";
export const OCI_INDEX = "application/vnd.oci.image.index.v1+json";

/** A server for the tests of one file; what it answers begins anew with each. */
export function useHandmadeRegistry(): HandmadeRegistry {
  const routes = new Map<string, Route>();
  const asked: Asked[] = [];
  let server: Server;
  let name = "";
  beforeAll(async () => {
    server = createServer((request, response) => {
      const { method = "", url: path = "", headers } = request;
      asked.push({ method, path, authorization: headers.authorization, cookie: headers.cookie });
      (routes.get(path) ?? notFound)(request, response);
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    name = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  beforeEach(() => {
    routes.clear();
    asked.length = 0;
    routes.set("/v2/", (_, response) => response.end("{}"));
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  const route = (path: string, answer: Route): void => {
    routes.set(path, answer);
  };
  return {
    get name() {
      return name;
    },
    get url() {
      return `http://${name}`;
    },
    asked,
    route,
    blob(bytes, mediaType = WASM_LAYER) {
      const digest = digestOf(bytes);
      route(`/v2/test/blobs/${digest}`, (_, response) => response.end(bytes));
      return { mediaType, size: bytes.length, digest };
    },
    manifest(body, { tag = "1", mediaType = OCI_MANIFEST } = {}) {
      const bytes = Buffer.from(JSON.stringify(body));
      const digest = digestOf(bytes);
      const headers = { "Content-Type": mediaType, "Docker-Content-Digest": digest };
      for (const each of [tag, digest]) {
        route(`/v2/test/manifests/${each}`, (_, response) => response.writeHead(200, headers).end(bytes));
      }
      return { mediaType, size: bytes.length, digest };
    },
  };
}

export function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}

function notFound(_: IncomingMessage, response: ServerResponse): void {
  response.writeHead(404, { "Content-Type": "text/html" }).end("<h1>not here</h1>");
}
