import { once } from "node:events";
import { WebSocket } from "ws";
import { withDeadline } from "../../node/system/deadline.ts";

/** A connection that speaks the NATS protocol by hand, for what a well-behaved client never does. */
export interface RawNats {
  send(data: string | Buffer): void;
  /** Resolves with all text so far once it contains the given part. */
  until(part: string): Promise<string>;
  /** Resolves when the other side has closed the connection. */
  closed(): Promise<void>;
  /** Stops reading what arrives. */
  pause(): void;
  close(): void;
}

const timeoutMs = 5000;

/** Opens a connection and waits for nothing but its opening. */
export async function connectRaw(webSocketUrl: string): Promise<RawNats> {
  const socket = new WebSocket(webSocketUrl);
  let text = "";
  socket.on("message", (data: Buffer) => {
    text += data.toString("latin1");
    socket.emit("text");
  });
  socket.on("error", () => socket.terminate());
  const closed = once(socket, "close").then(() => undefined);
  await withDeadline(once(socket, "open"), timeoutMs, "Opening a raw connection");
  const waitFor = async (part: string): Promise<string> => {
    while (!text.includes(part)) await once(socket, "text");
    return text;
  };
  return {
    send: (data) => socket.send(Buffer.from(data)),
    until: (part) =>
      withDeadline(waitFor(part), timeoutMs, `Waiting for ${part}`).catch((error: unknown) => {
        throw new Error(`Got only: ${text}`, { cause: error });
      }),
    closed: () => withDeadline(closed, timeoutMs * 2, "The closing of a raw connection"),
    pause: () => socket.pause(),
    close: () => socket.terminate(),
  };
}
