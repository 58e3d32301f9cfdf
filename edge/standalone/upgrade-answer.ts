import type { SocketEnd } from "./socket-pair.ts";

/**
 * An answer that becomes a WebSocket, for runtimes that make no response with the status 101. One that gets to a client
 * as it is says that it should have been upgraded.
 */
export class UpgradeAnswer extends Response {
  /** What the client is to be connected with. */
  readonly webSocket: SocketEnd;

  constructor(webSocket: SocketEnd, headers: Headers) {
    super(null, { status: 426, headers });
    this.webSocket = webSocket;
  }
}
