import type { ClosableWebSocket } from "./connect-options.ts";
import { inOneHandshake } from "./one-handshake.ts";

/**
 * Remembers the open WebSockets of a connection. nats.ws leaves a socket open when an attempt to connect fails or when
 * it is closed during one, so this closes what is left.
 */
export class Sockets {
  readonly #open = new Set<ClosableWebSocket>();
  readonly #factory: (url: string) => ClosableWebSocket;
  #isClosed = false;

  constructor(factory: (url: string) => ClosableWebSocket) {
    this.#factory = factory;
  }

  /** Bytes written that have not left yet; 0 where the platform does not tell. */
  get bufferedBytes(): number {
    let bytes = 0;
    for (const socket of this.#open) bytes += socket.bufferedAmount ?? 0;
    return bytes;
  }

  make(url: string): ClosableWebSocket {
    const socket = this.#factory(url);
    endATurnLater(socket);
    inOneHandshake(socket);
    this.#open.add(socket);
    socket.addEventListener("close", () => this.#open.delete(socket));
    if (this.#isClosed) socket.close();
    return socket;
  }

  /** Closes all, and any that is made from now on. */
  close(): void {
    this.#isClosed = true;
    for (const socket of this.#open) socket.close();
  }
}

/**
 * Has `onclose` called one turn after the event. nats.ws finishes its handshake in microtasks: a socket that ends before
 * they have run, in the turn of the last answer, would be taken for connected for ever.
 */
function endATurnLater(socket: ClosableWebSocket): void {
  Object.defineProperty(socket, "onclose", {
    configurable: true,
    set(listener: (event: unknown) => void) {
      socket.addEventListener("close", (event) => void setTimeout(() => listener(event), 0));
    },
  });
}
