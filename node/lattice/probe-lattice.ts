import { once } from "node:events";
import { WebSocket } from "ws";
import { HostError, messageOf } from "../../src/errors/index.ts";
import { withDeadline } from "../system/deadline.ts";

/** Resolves when a NATS server greets over WebSocket at that address; rejects with the reason when none does. */
export async function probeLattice(webSocketUrl: string, timeoutMs = 3000): Promise<void> {
  const socket = new WebSocket(webSocketUrl, { handshakeTimeout: timeoutMs });
  try {
    const greeting = once(socket, "message"); // rejects on the socket's error event
    const [data] = await withDeadline(greeting, timeoutMs, "Waiting for the greeting");
    if (!String(data).startsWith("INFO ")) throw new Error("what answers there is no NATS server");
  } catch (cause) {
    throw new HostError("lattice.connect_failed", `no NATS server answers: ${messageOf(cause)}`, { cause });
  } finally {
    socket.once("error", () => undefined); // ending a socket that is still opening is an error event
    socket.terminate();
  }
}
