import { HostError, messageOf } from "../../errors/index.ts";
import { within } from "../../time/index.ts";
import type { GrantLimits } from "./grant-limits.ts";

/** What is needed of a WebSocket: that of the platform, or of the `ws` package. */
export interface ProviderWebSocket {
  binaryType: string;
  /** Bytes that wait to be sent. Some edge runtimes do not tell. */
  readonly bufferedAmount?: number;
  send(data: string | Uint8Array<ArrayBuffer>): void;
  close(code?: number, reason?: string): void;
  addEventListener(
    type: "open" | "message" | "close" | "error",
    listener: (event: { readonly data?: unknown; readonly code?: number; readonly reason?: string }) => void,
  ): void;
}

/** Told what happens on a WebSocket. */
export interface SocketListener {
  message(data: string | Uint8Array<ArrayBuffer>): void;
  /** The last that is told. Not told where the provider itself closed it. */
  closed(code: number, reason: string): void;
}

interface OpenSocket {
  readonly socket: ProviderWebSocket;
  readonly listener: SocketListener;
  /** Bytes that were told, and that the provider has not yet dealt with. */
  backlog: number;
}

/** What a message counts for besides its bytes. */
const MESSAGE_COST = 64;
const TOO_MUCH = 1_008;
const NO_CODE = 1_005;
/** What may be given as the reason of a close, in bytes. */
const MAX_REASON_BYTES = 123;

/** The WebSockets of one provider. */
export class ProviderSockets {
  readonly #open = new Map<number, OpenSocket>();
  readonly #make: (url: string) => ProviderWebSocket;
  readonly #limits: GrantLimits;
  #numbers = 0;
  #opening = 0;
  #isClosed = false;

  constructor(make: (url: string) => ProviderWebSocket, limits: GrantLimits) {
    this.#make = make;
    this.#limits = limits;
  }

  /**
   * Opens a WebSocket. Whether its host may be reached is checked before.
   *
   * @returns its number.
   * @throws HostError `provider.overloaded`, `provider.failure`, `host.unsupported`.
   */
  async open(url: string, listenerOf: (socket: number) => SocketListener): Promise<number> {
    const { maxSockets, requestMs } = this.#limits;
    if (this.#open.size + this.#opening >= maxSockets) {
      throw new HostError("provider.overloaded", `${maxSockets} WebSockets are open already`);
    }
    this.#opening++;
    let socket: ProviderWebSocket | undefined;
    try {
      socket = this.#make(url);
      socket.binaryType = "arraybuffer";
      const number = ++this.#numbers;
      const late = (): HostError =>
        new HostError("provider.failure", `No WebSocket was opened to ${url} within ${requestMs} ms`);
      await within(this.#opened(socket, number, listenerOf(number), url), requestMs, late);
      return number;
    } catch (error) {
      socket?.close();
      if (error instanceof HostError) throw error;
      const message = `No WebSocket can be opened to ${url}: ${messageOf(error)}`;
      throw new HostError("provider.failure", message, { cause: error });
    } finally {
      this.#opening--;
    }
  }

  /** @throws HostError `provider.bad_request` if it is not open, `provider.overloaded`. */
  send(number: number, data: string | Uint8Array<ArrayBuffer>): void {
    const { socket } = this.#find(number);
    const waiting = socket.bufferedAmount ?? 0;
    if (waiting + data.length > this.#limits.maxSocketBacklogBytes) {
      throw new HostError("provider.overloaded", `${waiting} bytes wait to be sent on the WebSocket already`);
    }
    socket.send(data);
  }

  /** Closes a WebSocket; one that is not open is fine. @throws HostError `provider.bad_request`. */
  end(number: number, code = 1_000, reason = ""): void {
    const isCode = code === 1_000 || (Number.isInteger(code) && code >= 3_000 && code < 5_000);
    if (!isCode || new TextEncoder().encode(reason).length > MAX_REASON_BYTES) {
      throw new HostError("provider.bad_request", "A WebSocket is closed with code 1000 or 3000 to 4999", {
        hint: `The reason has at most ${MAX_REASON_BYTES} bytes.`,
      });
    }
    const open = this.#open.get(number);
    this.#open.delete(number);
    open?.socket.close(code, reason);
  }

  /** The provider has dealt with a message of so many bytes. */
  taken(number: number, bytes: number): void {
    const open = this.#open.get(number);
    if (open !== undefined) open.backlog = Math.max(0, open.backlog - bytes - MESSAGE_COST);
  }

  /** Closes all; nobody is told. */
  endAll(): void {
    for (const { socket } of this.#open.values()) socket.close();
    this.#open.clear();
  }

  /** Closes all, and lets no other be opened. Twice is fine. */
  close(): void {
    this.#isClosed = true;
    this.endAll();
  }

  #opened(socket: ProviderWebSocket, number: number, listener: SocketListener, url: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const failed = (): void => reject(new Error("the connection failed"));
      socket.addEventListener("open", () => {
        if (this.#isClosed) return reject(new HostError("provider.not_running", "The provider was stopped"));
        this.#open.set(number, { socket, listener, backlog: 0 });
        resolve();
      });
      socket.addEventListener("message", ({ data }) => this.#take(number, data, url));
      socket.addEventListener("error", failed);
      socket.addEventListener("close", ({ code, reason }) => {
        failed();
        if (this.#open.delete(number)) listener.closed(code ?? NO_CODE, reason ?? "");
      });
    });
  }

  #take(number: number, data: unknown, url: string): void {
    const open = this.#open.get(number);
    if (open === undefined) return;
    const message = typeof data === "string" ? data : new Uint8Array(data as ArrayBuffer);
    open.backlog += message.length + MESSAGE_COST;
    if (open.backlog <= this.#limits.maxSocketBacklogBytes) {
      open.listener.message(message);
      return;
    }
    this.#open.delete(number);
    // Browsers let no script give the codes below 3000.
    open.socket.close();
    open.listener.closed(TOO_MUCH, `More came from ${new URL(url).host} than the provider could deal with`);
  }

  #find(number: number): OpenSocket {
    const open = this.#open.get(number);
    if (open !== undefined) return open;
    throw new HostError("provider.bad_request", `There is no open WebSocket ${number}`);
  }
}
