import { exactBytes } from "../../bytes/index.ts";
import type { AuthorityRequest, SocketNews } from "./authority-messages.ts";
import type { PortableHost, PortableRequest, PortableResponse, SocketHandlers } from "./portable-module.ts";
import type { FromProviderWorker, ToProviderWorker } from "./provider-messages.ts";

interface PendingAsk {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

type Services = Omit<PortableHost, "dispatch">;

/** The provider's side of what it was granted: nothing is done here, the host is asked for all. */
export class WorkerServices {
  readonly #post: (message: FromProviderWorker) => void;
  readonly #asks = new Map<number, PendingAsk>();
  readonly #sockets = new Map<number, SocketHandlers>();
  #numbers = 0;

  constructor(post: (message: FromProviderWorker) => void) {
    this.#post = post;
  }

  /** The functions that the module is handed. */
  get services(): Services {
    const ask = this.#ask.bind(this);
    return {
      fetch: async (request) => (await ask(fetchRequest(request))) as PortableResponse,
      storage: Object.freeze<Services["storage"]>({
        get: async (key) => (await ask({ op: "get", key })) as Uint8Array | undefined,
        set: async (key, value) => void (await ask({ op: "set", key, value: bytesOf(value) })),
        delete: async (key) => void (await ask({ op: "delete", key })),
        list: async (prefix = "") => (await ask({ op: "list", prefix })) as string[],
      }),
      connect: (url, handlers = {}) => this.#connect(url, handlers),
    };
  }

  /** Takes what the host says; nothing else comes here. */
  receive(message: ToProviderWorker & { readonly kind: "given" | "denied" | "socket" }): void {
    if (message.kind === "given") this.#settle(message.ask)?.resolve(message.value);
    else if (message.kind === "denied") {
      const error = Object.assign(new Error(message.message), { code: message.code });
      this.#settle(message.ask)?.reject(error);
    } else void this.#tell(message.socket, message.news);
  }

  #ask(request: AuthorityRequest): Promise<unknown> {
    const ask = ++this.#numbers;
    return new Promise((resolve, reject) => {
      this.#asks.set(ask, { resolve, reject });
      try {
        this.#post({ kind: "ask", ask, request });
      } catch (error) {
        // What cannot be copied.
        this.#asks.delete(ask);
        reject(error as Error);
      }
    });
  }

  #connect(url: string, handlers: SocketHandlers): ReturnType<Services["connect"]> {
    const ask = ++this.#numbers;
    return new Promise((resolve, reject) => {
      const opened = (value: unknown): void => {
        const socket = value as number;
        // At once: the first message may be the next that is told.
        this.#sockets.set(socket, handlers);
        resolve(this.#socket(socket));
      };
      this.#asks.set(ask, { resolve: opened, reject });
      this.#post({ kind: "ask", ask, request: { op: "open", url: String(url) } });
    });
  }

  #socket(socket: number): Awaited<ReturnType<Services["connect"]>> {
    return Object.freeze({
      send: async (data: string | Uint8Array) => {
        await this.#ask({ op: "send", socket, data: typeof data === "string" ? data : bytesOf(data) });
      },
      close: async (code = 1_000, reason = "") => {
        this.#sockets.delete(socket);
        await this.#ask({ op: "close", socket, code, reason });
      },
    });
  }

  async #tell(socket: number, news: SocketNews): Promise<void> {
    const handlers = this.#sockets.get(socket);
    if (news.what === "closed") {
      this.#sockets.delete(socket);
      return void handlers?.onClose?.({ code: news.code, reason: news.reason });
    }
    try {
      await handlers?.onMessage?.(news.data);
    } finally {
      this.#post({ kind: "taken", socket, bytes: news.data.length });
    }
  }

  #settle(ask: number): PendingAsk | undefined {
    const pending = this.#asks.get(ask);
    this.#asks.delete(ask);
    return pending;
  }
}

function fetchRequest(request: PortableRequest | string): AuthorityRequest {
  const {
    method = "GET",
    url,
    headers = {},
    body,
  } = typeof request === "string" ? { url: request } : request;
  const data = typeof body === "string" ? new TextEncoder().encode(body) : (body ?? new Uint8Array(0));
  return { op: "fetch", method, url, headers: Object.entries(headers), body: bytesOf(data) };
}

function bytesOf(value: Uint8Array): Uint8Array<ArrayBuffer> {
  if (!(value instanceof Uint8Array)) throw new TypeError("bytes are wanted: a Uint8Array");
  return exactBytes(value);
}
