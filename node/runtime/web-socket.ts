import { WebSocket } from "ws";
import type { ClosableWebSocket, ProviderWebSocket } from "../../src/index.ts";

/** Opens WebSockets on Node, whose version 20 has none of its own: for the option of `connectNats`. */
export function webSocketFactory(url: string): ClosableWebSocket {
  const socket = new WebSocket(url, { perMessageDeflate: false });
  socket.binaryType = "arraybuffer";
  return socket as unknown as ClosableWebSocket;
}

/** Bytes of one message; a longer one ends the connection. */
const MAX_MESSAGE_BYTES = 8 * 1024 * 1024;

/** Opens WebSockets for providers from archives: for the option of `HostBuilder.withProviderGrants`. */
export function providerWebSocket(url: string): ProviderWebSocket {
  const options = { perMessageDeflate: false, maxPayload: MAX_MESSAGE_BYTES };
  return new WebSocket(url, options) as unknown as ProviderWebSocket;
}
