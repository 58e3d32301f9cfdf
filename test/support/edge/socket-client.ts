import { WebSocket } from "ws";

/** What a client of a WebSocket sends along. */
export interface SocketClientOptions {
  readonly protocols?: readonly string[];
  readonly origin?: string;
}

/** A client of a WebSocket, and all that it was sent. */
export class SocketClient {
  readonly socket: WebSocket;
  /** The messages so far. */
  readonly messages: string[] = [];
  /** How it was closed. */
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
  #news: () => void = () => undefined;

  private constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on("message", (data) => {
      this.messages.push(String(data));
      this.#news();
    });
    this.closed = new Promise((resolve) => {
      socket.on("close", (code, reason) => {
        resolve({ code, reason: String(reason) });
        this.#news();
      });
    });
  }

  /** Connects. @throws an error with the field `status` and the `body` of what was answered instead. */
  static open(url: string, options: SocketClientOptions = {}): Promise<SocketClient> {
    const { protocols = [], origin } = options;
    const socket = new WebSocket(url.replace(/^http/, "ws"), [...protocols], {
      ...(origin === undefined ? {} : { origin }),
    });
    const client = new SocketClient(socket);
    return new Promise((resolve, reject) => {
      socket.on("open", () => resolve(client));
      socket.on("unexpected-response", (_request, response) => {
        let body = "";
        response.on("data", (chunk: Buffer) => {
          body += chunk.toString();
        });
        response.on("end", () =>
          reject(Object.assign(new Error(body), { status: response.statusCode, body: JSON.parse(body) })),
        );
      });
      socket.on("error", reject);
    });
  }

  /** All messages as one text. */
  get text(): string {
    return this.messages.join("");
  }

  send(data: string | Uint8Array): void {
    this.socket.send(data);
  }

  /** Resolves when all that came holds a text; fails if it was closed before. */
  async sees(text: string): Promise<void> {
    await this.until(() => this.text.includes(text), JSON.stringify(text));
  }

  /** Resolves when something has come about by messages. */
  async until(isSo: () => boolean, what = "what was awaited"): Promise<void> {
    while (!isSo()) {
      if (this.socket.readyState === WebSocket.CLOSED) throw new Error(`Closed before ${what} came`);
      await new Promise<void>((resolve) => {
        this.#news = resolve;
      });
    }
  }

  close(): void {
    this.socket.close();
  }
}
