import { asHostError } from "../../src/errors/index.ts";
import type { ServerSocket } from "../platform.ts";

/** What one WebSocket is to be. */
export interface ClientSocketOptions {
  /** Characters of a message, or bytes of a binary one; a longer one closes the socket with 1009. */
  readonly maxMessage: number;
  /** The subprotocol that was chosen; default none. */
  readonly protocol?: string;
  /** Takes a message. Binary ones are read as UTF-8, a character may be parted by two of them. */
  readonly onText: (text: string) => void;
  /** Called once, when no message will come any more, whoever closed it. */
  readonly onClosed: () => void;
}

/** Bytes of the reason that a close frame has room for. RFC 6455, section 5.5. */
const MAX_REASON = 123;

/** The server's end of a WebSocket that was asked for by a request. */
export class ClientSocket {
  /** The answer to that request. */
  readonly response: Response;
  readonly #socket: ServerSocket;
  readonly #options: ClientSocketOptions;
  readonly #decoder: TextDecoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  #isClosed = false;

  /** Takes a socket on: from now on its messages come. */
  constructor(options: ClientSocketOptions) {
    this.#options = options;
    const { 0: client, 1: socket } = new WebSocketPair();
    this.#socket = socket;
    // By its date the runtime gives blobs, which could be read in another order than they came.
    socket.binaryType = "arraybuffer";
    socket.accept();
    socket.addEventListener("message", ({ data }) => this.#receive(data));
    socket.addEventListener("close", () => this.close(1000, ""));
    socket.addEventListener("error", () => this.close(1011, ""));
    const headers = new Headers();
    if (options.protocol !== undefined) headers.set("sec-websocket-protocol", options.protocol);
    const init: ResponseInit & { readonly webSocket: unknown } = { status: 101, headers, webSocket: client };
    this.response = client.answer?.(headers) ?? new Response(null, init);
  }

  /** Sends a text. After the end it goes nowhere. The runtime keeps what the client does not take, however much it is. */
  send(text: string): void {
    if (this.#isClosed) return;
    try {
      this.#socket.send(text);
    } catch {
      // The client has gone, and the event that tells it is on its way.
      this.close(1011, "");
    }
  }

  /** Closes it with a code and a reason for its user. Twice is fine. */
  close(code: number, reason: string): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    try {
      this.#socket.close(code, fitting(reason));
    } catch {
      // It is closed already.
    }
    this.#options.onClosed();
  }

  #receive(data: unknown): void {
    if (this.#isClosed) return;
    const length = typeof data === "string" ? data.length : (data as ArrayBuffer).byteLength;
    if (length > this.#options.maxMessage) {
      this.close(1009, `A message has at most ${this.#options.maxMessage} characters`);
      return;
    }
    const text = typeof data === "string" ? data : this.#decode(data as ArrayBuffer);
    try {
      if (text === undefined) this.close(1007, "The message is not UTF-8");
      else this.#options.onText(text);
    } catch (error) {
      console.error(`A message was not taken: ${asHostError(error).message}`);
      this.close(1011, "The message was not taken");
    }
  }

  #decode(data: ArrayBuffer): string | undefined {
    try {
      return this.#decoder.decode(data, { stream: true });
    } catch {
      return undefined;
    }
  }
}

/** A text that fits into a close frame. */
function fitting(reason: string): string {
  const bytes = new TextEncoder().encode(reason);
  if (bytes.length <= MAX_REASON) return reason;
  // What is left of a character that was cut becomes one that says so.
  return new TextDecoder().decode(bytes.subarray(0, MAX_REASON - 3)).replace(/\ufffd$/, "");
}
