import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll } from "vitest";

/** What a server of a test was asked. */
export interface Asked {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: Buffer;
}

/** A real web server on this machine, for the tests of one file. */
export interface WebServer {
  /** Such as `http://127.0.0.1:1234`. */
  readonly origin: string;
  readonly port: number;
  readonly asked: Asked[];
  /** Answers a path from now on. */
  on(path: string, answer: (asked: Asked, response: ServerResponse) => void): void;
}

export function useWebServer(): WebServer {
  const asked: Asked[] = [];
  const answers = new Map<string, (asked: Asked, response: ServerResponse) => void>();
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const { method = "", url = "", headers } = request;
    const one: Asked = { method, url, headers, body: Buffer.concat(parts) };
    asked.push(one);
    const answer = answers.get(url.split("?")[0] ?? "");
    if (answer === undefined) response.writeHead(404).end("nothing here");
    else answer(one, response);
  });
  let port = 0;
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    port = (server.address() as AddressInfo).port;
  });
  afterAll(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return {
    get origin() {
      return `http://127.0.0.1:${port}`;
    },
    get port() {
      return port;
    },
    asked,
    on: (path, answer) => void answers.set(path, answer),
  };
}
