import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { HostError, type IncomingRequest, messageOf } from "../../src/index.ts";

/** Where to listen. */
export interface ListenAddress {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
}

/** Milliseconds for which those who are still sending may go on when they have been answered. */
const LINGER_MS = 5_000;

/** Answers requests. Never rejects. */
export type AnswerRequest = (request: IncomingRequest) => Promise<Response>;

/** A server at one address. */
export class ListeningServer {
  /** Where it listens. */
  readonly address: ListenAddress;
  readonly #asked: ListenAddress;
  readonly #server: Server;

  private constructor(server: Server, asked: ListenAddress) {
    const { address, port } = server.address() as AddressInfo;
    this.address = { host: address, port };
    this.#asked = asked;
    this.#server = server;
  }

  /** Whether it was opened for this address. */
  isFor({ host, port }: ListenAddress): boolean {
    return this.#asked.host === host && this.#asked.port === port;
  }

  /** @throws HostError `link.invalid` where the address cannot be listened at. */
  static async open(asked: ListenAddress, answer: AnswerRequest): Promise<ListeningServer> {
    const { host, port } = asked;
    const server = createServer((request, response) => void respond(request, response, answer));
    try {
      server.listen({ host, port });
      await once(server, "listening");
    } catch (error) {
      throw new HostError("link.invalid", `Port ${port} of ${host} cannot be had: ${messageOf(error)}`, {
        hint: "Give the link another PORT or BIND. Each actor needs one of its own.",
        cause: error,
      });
    }
    return new ListeningServer(server, asked);
  }

  /** Ends open connections too. Twice is fine. */
  async close(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = once(this.#server, "close");
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }
}

async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  answer: AnswerRequest,
): Promise<void> {
  // A client that has gone wants no answer.
  response.on("error", () => response.destroy());
  const asked = incoming(request);
  if (asked === undefined) {
    response.writeHead(400, { connection: "close" }).end();
    return;
  }
  const { status, statusText, headers, body } = await answer(asked);
  const bytes = body === null ? undefined : Buffer.from(await new Response(body).arrayBuffer());
  const isEarly = !request.complete;
  if (isEarly) headers.set("connection", "close");
  if (bytes !== undefined) headers.set("content-length", String(bytes.length));
  response.writeHead(status, statusText, [...headers].flat());
  if (!isEarly) response.end(bytes);
  else await endEarly(request, response, bytes);
}

/**
 * Answers whoever is still sending. A connection that was cut now would take the answer with it: what comes is thrown
 * away until they have done, or for a while. RFC 9112, section 9.6.
 */
async function endEarly(
  request: IncomingMessage,
  response: ServerResponse,
  bytes: Buffer | undefined,
): Promise<void> {
  if (bytes === undefined) response.flushHeaders();
  else response.write(bytes);
  request.on("error", () => undefined); // they have gone
  request.resume();
  request.socket.end();
  await once(request, "close", { signal: AbortSignal.timeout(LINGER_MS) }).catch(() => undefined);
  request.socket.destroySoon(); // the answer may still be on its way
}

/** The request as the provider takes it; undefined for one that has no address, or headers that are none. */
function incoming(request: IncomingMessage): IncomingRequest | undefined {
  const { method = "GET", url: target = "/", rawHeaders } = request;
  try {
    const { origin } = new URL(`http://${request.headers.host ?? "localhost"}`);
    // A path that begins with two slashes must not be taken for another host and a path.
    const url = new URL(target.startsWith("/") ? origin + target : target, origin);
    const headers = new Headers();
    for (let at = 0; at < rawHeaders.length; at += 2) {
      headers.append(rawHeaders[at] ?? "", rawHeaders[at + 1] ?? "");
    }
    const hasBody = method !== "GET" && method !== "HEAD";
    return { method, url: url.href, headers, body: hasBody ? bodyOf(request) : null };
  } catch {
    return undefined;
  }
}

/** The body; the connection outlives a reader that has had enough. */
function bodyOf(request: IncomingMessage): ReadableStream<Uint8Array<ArrayBuffer>> {
  const parts = request.iterator({ destroyOnReturn: false });
  return new ReadableStream({
    pull: async (controller) => {
      const { done, value } = await parts.next();
      if (done === true) controller.close();
      else controller.enqueue(value as Uint8Array<ArrayBuffer>);
    },
    cancel: async () => void (await parts.return?.()),
  });
}
