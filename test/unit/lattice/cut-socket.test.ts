import { expect, test } from "vitest";
import { connectNats } from "../../../src/lattice/index.ts";

const UTF8 = new TextEncoder();
const INFO = 'INFO {"server_id":"A","version":"2.9.10","proto":1,"max_payload":1048576}\r\n';

/** A connection that is lost in the turn in which the handshake ends. */
class CutSocket extends EventTarget {
  onmessage: ((event: { data: ArrayBuffer }) => void) | undefined;
  onclose: ((event: unknown) => void) | undefined;

  constructor() {
    super();
    this.addEventListener("close", (event) => this.onclose?.(event));
    setTimeout(() => this.#receive(INFO), 0);
  }

  #receive(text: string): void {
    this.onmessage?.({ data: UTF8.encode(text).buffer as ArrayBuffer });
  }

  send(frame: ArrayBuffer): void {
    if (!new TextDecoder().decode(frame).includes("PING")) return;
    setTimeout(() => {
      this.#receive("PONG\r\n");
      this.dispatchEvent(new Event("close"));
    }, 0);
  }

  close(): void {}
}

test("a socket that is lost as its handshake ends is replaced by another", async () => {
  const sockets: CutSocket[] = [];
  const connection = await connectNats({
    servers: "ws://127.0.0.1:9",
    reconnectWaitMs: 1,
    drainMs: 1,
    webSocketFactory: () => {
      const socket = new CutSocket();
      sockets.push(socket);
      return socket;
    },
  });
  await expect.poll(() => sockets.length, { timeout: 5_000 }).toBeGreaterThan(1);
  await connection.close();
});
