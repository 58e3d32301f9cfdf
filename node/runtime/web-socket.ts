import { WebSocket } from "ws";
import type { ClosableWebSocket } from "../../src/index.ts";

/** Opens WebSockets on Node, whose version 20 has none of its own: for the option of `connectNats`. */
export function webSocketFactory(url: string): ClosableWebSocket {
  const socket = new WebSocket(url, { perMessageDeflate: false });
  socket.binaryType = "arraybuffer";
  return socket as unknown as ClosableWebSocket;
}
