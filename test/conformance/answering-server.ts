import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { gzipSync } from "node:zlib";

/** A real web server that answers as the demands on HTTP clients want it, also to pages of other origins. */
export interface AnsweringServer {
  /** Such as `http://127.0.0.1:1234`. */
  readonly origin: string;
  readonly stop: () => void;
}

/** Pages may ask anything, and see every header that browsers let them see. `*` does not stand for `authorization`. */
const OPEN_TO_ALL = {
  "access-control-allow-origin": "*",
  "access-control-allow-methods": "*",
  "access-control-allow-headers": "authorization, *",
  "access-control-expose-headers": "*",
};

type Answer = (request: IncomingMessage, response: ServerResponse, rest: string) => unknown;

const ANSWERS: Readonly<Record<string, Answer>> = {
  echo: async (request, response) => {
    const { method, url, headers } = request;
    const body = [...(await buffer(request))];
    response.setHeader("x-one", "1").end(JSON.stringify({ method, url, headers, body }));
  },
  status: (_, response, status) => response.writeHead(Number(status)).end(),
  bytes: (_, response, length) =>
    response.end(Uint8Array.from({ length: Number(length) }, (_byte, index) => index)),
  redirect: ({ url = "" }, response, status) =>
    response.writeHead(Number(status), { location: url.slice(url.indexOf("?") + 1) }).end("moved"),
  headers: (_, response) => {
    response.setHeader("set-cookie", ["a=1", "b=2"]).setHeader("x-many", ["1", "2"]);
    // Characters are bytes here: the second is no text in UTF-8.
    response.setHeader("x-text", "Ã©").setHeader("x-latin", "é").end();
  },
  gzip: (_, response) => {
    const body = gzipSync("hello ".repeat(100));
    response.writeHead(200, { "content-encoding": "gzip", "content-length": body.length }).end(body);
  },
  silent: () => undefined,
};

/** Starts the server that the demands on HTTP clients describe, on a free port of this machine. */
export async function startAnsweringServer(): Promise<AnsweringServer> {
  const server = createServer((request, response) => {
    for (const [name, value] of Object.entries(OPEN_TO_ALL)) response.setHeader(name, value);
    const [, name = "", rest = ""] = (request.url ?? "").split(/[/?]/);
    const isPreflight =
      request.method === "OPTIONS" && request.headers["access-control-request-method"] !== undefined;
    const answer = Object.hasOwn(ANSWERS, name) ? ANSWERS[name] : undefined;
    if (isPreflight) response.writeHead(204).end();
    else if (answer === undefined) response.writeHead(404).end("nothing here");
    // Who breaks off while sending needs no answer.
    else Promise.resolve(answer(request, response, rest)).catch(() => response.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
