import * as v from "valibot";
import { HostError } from "../errors/index.ts";
import { batchSchema } from "./message-schema.ts";
import {
  FEED_ACKNOWLEDGEMENT,
  FEED_PATH,
  FEED_PROTOCOL,
  FEED_SILENCE_MS,
  FEED_WINDOW,
  type FeedMessage,
  MAX_BATCH_TEXT,
  tokenProtocol,
} from "./protocol.ts";

/** What is needed of a WebSocket: that of the platform, or of the `ws` package. */
export interface FeedSocket {
  addEventListener(
    type: "message" | "close" | "error",
    listener: (event: { readonly data?: unknown; readonly code?: number; readonly reason?: string }) => void,
  ): void;
  send(text: string): void;
  close(): void;
}

/** How a host on the edge is watched. */
export interface WatchEdgeHostOptions {
  /** The worker's `FEED_TOKEN`. */
  readonly token: string;
  /** Opens a WebSocket; default the platform's, which Node has from version 22. */
  readonly webSocketFactory?: (url: string, protocols: string[]) => FeedSocket;
  /** Milliseconds until the host must have said something; default 10,000. */
  readonly connectTimeoutMs?: number;
}

/**
 * What a host on the edge tells, in order, to one loop of `for await`. The loop sets the pace: who is slower than the host
 * for long is cut off. It ends after {@link close}; it throws a HostError, `feed.refused` if nothing came at all,
 * `feed.closed` or `feed.undecodable`.
 */
export interface EdgeHostWatch extends AsyncIterable<FeedMessage> {
  /** Ends it. Leaving the loop does too. Twice is fine. */
  close(): void;
}

/**
 * Watches a host on the edge, which can be read and not changed this way. The first message is a description; others
 * follow as things change.
 *
 * @param url - the worker's address: `https://` or `wss://`; its path is `/.weblattice/feed` if it has none.
 * @throws HostError `input.invalid` for no such address, `host.unsupported` where there is no WebSocket.
 * @example
 * ```ts
 * for await (const message of watchEdgeHost("https://edge.example.com", { token })) {
 *   if (message.kind === "host") console.log(message.description.actors.length);
 * }
 * ```
 */
export function watchEdgeHost(url: string, options: WatchEdgeHostOptions): EdgeHostWatch {
  const { token, webSocketFactory = platformSocket(), connectTimeoutMs = 10_000 } = options;
  const protocols = [FEED_PROTOCOL, tokenProtocol(token)];
  return new FeedReader(webSocketFactory(feedAddress(url), protocols), connectTimeoutMs);
}

class FeedReader implements EdgeHostWatch {
  readonly #socket: FeedSocket;
  readonly #batches: FeedMessage[][] = [];
  #failure: HostError | undefined;
  #isOver = false;
  #hasHeard = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #wake: () => void = () => undefined;

  constructor(socket: FeedSocket, connectTimeoutMs: number) {
    this.#socket = socket;
    socket.addEventListener("message", ({ data }) => this.#receive(data));
    // What the failure was is told to nobody; the event of the end follows.
    socket.addEventListener("error", () => undefined);
    socket.addEventListener("close", ({ code = 1006, reason = "" }) =>
      this.#end(this.#hasHeard ? ended(code, reason) : refused()),
    );
    this.#expectWithin(connectTimeoutMs);
  }

  close(): void {
    this.#batches.length = 0;
    this.#end(undefined);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<FeedMessage, void, void> {
    try {
      for (;;) {
        const batch = this.#batches.shift();
        if (batch !== undefined) {
          yield* batch;
          if (!this.#isOver) this.#socket.send(FEED_ACKNOWLEDGEMENT);
        } else if (this.#isOver) {
          if (this.#failure !== undefined) throw this.#failure;
          return;
        } else {
          await new Promise<void>((resolve) => {
            this.#wake = resolve;
          });
        }
      }
    } finally {
      this.close();
    }
  }

  #receive(data: unknown): void {
    if (this.#isOver) return;
    const batch = readBatch(data);
    if (batch === undefined || this.#batches.length > FEED_WINDOW) {
      this.#end(new HostError("feed.undecodable", "What came is not the feed of a host"));
      return;
    }
    this.#hasHeard = true;
    this.#batches.push(batch);
    this.#expectWithin(2 * FEED_SILENCE_MS);
    this.#wake();
  }

  #expectWithin(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(
      () => this.#end(this.#hasHeard ? ended(1006, "it has said nothing for too long") : refused()),
      ms,
    );
  }

  #end(failure: HostError | undefined): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#failure = failure;
    clearTimeout(this.#timer);
    this.#socket.close();
    this.#wake();
  }
}

function readBatch(data: unknown): FeedMessage[] | undefined {
  if (typeof data !== "string" || data.length > MAX_BATCH_TEXT) return undefined;
  try {
    const parsed = v.safeParse(batchSchema, JSON.parse(data));
    return parsed.success ? parsed.output : undefined;
  } catch {
    return undefined;
  }
}

function feedAddress(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isSecure = url?.protocol === "https:" || url?.protocol === "wss:";
  const isPlain = url?.protocol === "http:" || url?.protocol === "ws:";
  if (url === undefined || !(isSecure || isPlain) || url.username !== "" || url.password !== "") {
    throw new HostError("input.invalid", "The address of a host on the edge begins with https:// or wss://");
  }
  const path = url.pathname === "/" ? FEED_PATH : url.pathname;
  return `${isSecure ? "wss:" : "ws:"}//${url.host}${path}${url.search}`;
}

function platformSocket(): (url: string, protocols: string[]) => FeedSocket {
  if (typeof WebSocket !== "undefined") {
    const Platform = WebSocket;
    return (url, protocols) => new Platform(url, protocols);
  }
  throw new HostError("host.unsupported", "This platform has no WebSocket.", {
    hint: "Give the option webSocketFactory, for instance with the WebSocket of the ws package.",
  });
}

function ended(code: number, reason: string): HostError {
  const why = reason === "" ? "the connection has ended" : reason.slice(0, 200);
  return new HostError("feed.closed", `The feed has ended: ${why}`, { details: { code } });
}

/** A page is not told why a WebSocket could not be opened. */
function refused(): HostError {
  return new HostError("feed.refused", "The feed could not be opened", {
    hint: "Is the address right, has the worker a FEED_TOKEN, and is this the token?",
  });
}
