import { asHostError, HostError } from "../../src/errors/index.ts";
import { problemOf } from "../../src/providers/http/index.ts";
import { problemResponse } from "../http/problem.ts";
import { type RuntimeSocket, SocketBridge } from "./socket-bridge.ts";
import type { UpgradeAnswer } from "./upgrade-answer.ts";

/** A WebSocket of Bun, as far as it is used. */
export interface BunSocket {
  readonly data: unknown;
  binaryType?: string;
  send(data: string | ArrayBuffer | ArrayBufferView<ArrayBuffer>): unknown;
  close(code?: number, reason?: string): void;
  getBufferedAmount(): number;
}

/** What `Bun.serve` takes as `websocket`. */
export interface BunSocketHandlers {
  /** Bytes beyond which Bun would drop messages without a word; slow clients are closed before. */
  readonly backpressureLimit: number;
  open(socket: BunSocket): void;
  message(socket: BunSocket, data: string | ArrayBuffer): void;
  close(socket: BunSocket, code: number, reason: string): void;
}

interface BunServer {
  upgrade(request: Request, options: { headers: Headers; data: unknown }): boolean;
}

interface DenoRuntime {
  upgradeWebSocket(
    request: Request,
    options: { protocol?: string },
  ): { readonly socket: WebSocket; readonly response: Response };
}

/** Takes the events of every WebSocket of Bun to where it was asked for. */
export const bunSocketHandlers: BunSocketHandlers = {
  backpressureLimit: 67_108_864,
  open: (socket) => {
    socket.binaryType = "arraybuffer";
    bridgeOf(socket).opened({
      send: (data) => void socket.send(data),
      close: (code, reason) => socket.close(code, reason),
      waiting: () => socket.getBufferedAmount(),
    });
  },
  message: (socket, data) => bridgeOf(socket).received(data),
  close: (socket, code, reason) => bridgeOf(socket).closed(code, reason),
};

/** The WebSockets that a worker has answered requests with. */
export class RuntimeSockets {
  readonly #open = new Set<SocketBridge>();
  #isClosed = false;

  /**
   * Makes the WebSocket that a worker wants to answer with.
   *
   * @param server - what the runtime gives beside the request.
   * @returns what the runtime is to be given. Never throws.
   */
  upgrade(request: Request, server: unknown, { webSocket, headers }: UpgradeAnswer): Response {
    const bridge = new SocketBridge(webSocket, (over) => this.#open.delete(over));
    this.#open.add(bridge);
    if (this.#isClosed) bridge.close(1001, "The host was stopped");
    try {
      const response = upgradeBy(server, request, headers, bridge);
      if (response !== undefined) return response;
      bridge.close(1002, "The request could not be upgraded");
      const text = "A WebSocket is not asked for like this";
      return problemResponse({ status: 400, text, code: "input.invalid" });
    } catch (error) {
      bridge.close(1011, "The request could not be upgraded");
      const known = asHostError(error);
      console.error(`A request could not be upgraded: ${known.message}`);
      return problemResponse(problemOf(known));
    }
  }

  /** Ends them all. Those that are still to come, too. */
  close(): void {
    this.#isClosed = true;
    for (const bridge of this.#open) bridge.close(1001, "The host was stopped");
  }
}

/** @returns undefined for a request that the runtime does not take. @throws HostError `host.unsupported`. */
function upgradeBy(
  server: unknown,
  request: Request,
  headers: Headers,
  bridge: SocketBridge,
): Response | undefined {
  // The response gets to nobody: Bun has answered.
  if (isBunServer(server))
    return server.upgrade(request, { headers, data: bridge }) ? new Response() : undefined;
  const { Deno: deno } = globalThis as { readonly Deno?: DenoRuntime };
  if (deno === undefined) {
    throw new HostError("host.unsupported", "There is nothing to make WebSockets by", {
      hint: "In Bun, hand the second argument of its fetch on to that of the worker.",
    });
  }
  const protocol = headers.get("sec-websocket-protocol");
  const options = protocol === null ? {} : { protocol };
  try {
    const { socket, response } = deno.upgradeWebSocket(withSpacedProtocols(request), options);
    connect(socket, bridge);
    return response;
  } catch {
    return undefined;
  }
}

function connect(socket: WebSocket, bridge: SocketBridge): void {
  socket.binaryType = "arraybuffer";
  const own: RuntimeSocket = {
    send: (data) => socket.send(data),
    close: (code, reason) => socket.close(code, reason),
    waiting: () => socket.bufferedAmount,
  };
  socket.addEventListener("open", () => bridge.opened(own));
  socket.addEventListener("message", ({ data }) => bridge.received(data));
  socket.addEventListener("close", ({ code, reason }) => bridge.closed(code, reason));
  // Nothing but a close follows; unheard it would be told as an error of the program.
  socket.addEventListener("error", () => bridge.closed(1006, ""));
}

/** Deno finds a protocol only among those that are parted by a comma and a space. Clients leave the space out. */
function withSpacedProtocols(request: Request): Request {
  const headers = new Headers(request.headers);
  const offered = headers.get("sec-websocket-protocol");
  if (offered === null) return request;
  headers.set("sec-websocket-protocol", offered.split(/\s*,\s*/).join(", "));
  // Only this very request can be upgraded, and its headers cannot be changed.
  return Object.create(request, { headers: { value: headers } }) as Request;
}

function isBunServer(server: unknown): server is BunServer {
  return typeof (server as Partial<BunServer> | undefined)?.upgrade === "function";
}

function bridgeOf({ data }: BunSocket): SocketBridge {
  return data as SocketBridge;
}
