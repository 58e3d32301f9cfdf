import { joined } from "../bytes/index.ts";
import type { ClosableWebSocket } from "./connect-options.ts";

/** What nats.ws does with a WebSocket besides closing it. */
interface Sender {
  send(data: ArrayBuffer): void;
}

const CONNECT = "CONNECT ";

/**
 * Has a client's `CONNECT`, and the `PING` that nats.ws sends right after it, leave as one message. A server that refuses
 * the first closes at once; where the second is still on its way then, TCP resets the connection, and what the server
 * said is lost: nats.ws waits for an answer until it is late, and nobody learns that the password was wrong.
 */
export function inOneHandshake(socket: ClosableWebSocket): void {
  const sender = socket as unknown as Sender;
  const send = sender.send.bind(socket);
  let held: Uint8Array[] = [];
  const release = (): void => {
    const parts = held;
    held = [];
    if (parts.length > 0) send(joined(parts).buffer);
  };
  sender.send = (data) => {
    if (held.length > 0) {
      held.push(new Uint8Array(data));
      // One socket has one handshake.
      sender.send = send;
      release();
    } else if (new TextDecoder().decode(data.slice(0, CONNECT.length)) === CONNECT) {
      held = [new Uint8Array(data)];
      queueMicrotask(release);
    } else send(data);
  };
}
