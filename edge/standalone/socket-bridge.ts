import type { SocketData, SocketEnd } from "./socket-pair.ts";

/** A WebSocket of the runtime, which is open. */
export interface RuntimeSocket {
  send(data: SocketData): void;
  /** Without a code: the frame has none. */
  close(code?: number, reason?: string): void;
  /** Bytes that wait to be sent. */
  waiting(): number;
}

/** Bytes that may wait to be sent to a client. */
const MAX_WAITING = 16_777_216;

/** Connects the end of a pair with a WebSocket of the runtime, until one of them closes. */
export class SocketBridge {
  readonly #end: SocketEnd;
  readonly #onOver: () => void;
  #socket: RuntimeSocket | undefined;
  #isOver = false;

  /** @param onOver - called once, when nothing passes any more. */
  constructor(end: SocketEnd, onOver: (bridge: SocketBridge) => void) {
    this.#end = end;
    this.#onOver = () => onOver(this);
    end.addEventListener("message", (event) => this.#send((event as MessageEvent<SocketData>).data));
    end.addEventListener("close", (event) => {
      const { code, reason } = event as CloseEvent;
      this.close(code, reason);
    });
  }

  /** The runtime has opened its WebSocket. */
  opened(socket: RuntimeSocket): void {
    if (this.#isOver) {
      socket.close(1001, "The host was stopped");
      return;
    }
    this.#socket = socket;
    this.#end.accept();
  }

  /** A message of the client. */
  received(data: SocketData): void {
    if (!this.#isOver) this.#end.send(data);
  }

  /** The client has closed it, or is gone. */
  closed(code: number, reason: string): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#end.close(code, reason);
    this.#onOver();
  }

  /** Ends it for the client and for the worker. Twice is fine. */
  close(code: number, reason: string): void {
    const socket = this.#isOver ? undefined : this.#socket;
    this.closed(code, reason);
    if (socket === undefined) return;
    try {
      if (code === 1005) socket.close();
      else socket.close(maySend(code) ? code : 1011, reason);
    } catch {
      // The runtime does not take such a reason.
      socket.close(1011);
    }
  }

  #send(data: SocketData): void {
    const socket = this.#socket;
    if (socket === undefined || this.#isOver) return;
    socket.send(data);
    if (socket.waiting() > MAX_WAITING) this.close(1013, "The client is too slow");
  }
}

/** Codes that a close frame may have. RFC 6455, section 7.4, and the registry of those codes. */
function maySend(code: number): boolean {
  if (code >= 3000) return code < 5000;
  return code >= 1000 && code <= 1014 && ![1004, 1005, 1006].includes(code);
}
