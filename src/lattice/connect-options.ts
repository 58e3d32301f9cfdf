import { HostError } from "../errors/index.ts";
import type { Counters, Logger } from "../telemetry/index.ts";

/** Who one is to the NATS server. */
export type NatsCredentials =
  /** Text of a `.creds` file. */
  | { readonly credsFile: string }
  /** User JWT, and the `SU…` seed it belongs to. */
  | { readonly jwt: string; readonly seed: string }
  | { readonly user: string; readonly pass: string }
  | { readonly token: string };

/** What is needed of a WebSocket: that of the platform, or of the `ws` package. */
export interface ClosableWebSocket {
  /** Bytes written that have not left yet. Some edge runtimes do not tell. */
  readonly bufferedAmount?: number;
  addEventListener(type: "close", listener: (event: unknown) => void): void;
  close(): void;
}

/** Options of `connectNats`. */
export interface NatsOptions {
  /** `ws://` or `wss://` addresses of the servers of one cluster. */
  readonly servers: string | readonly string[];
  /** How the server lists this connection; default `weblattice`. */
  readonly name?: string;
  /** Default none. */
  readonly credentials?: NatsCredentials;
  /** Opens a WebSocket; default the platform's, which Node has from version 22. */
  readonly webSocketFactory?: (url: string) => ClosableWebSocket;
  /** Milliseconds for one attempt to connect, and for a flush; default 3,000. */
  readonly connectTimeoutMs?: number;
  /** Milliseconds between attempts to reconnect, which never end; default 500. */
  readonly reconnectWaitMs?: number;
  /** Milliseconds between pings; after two unanswered ones the connection is taken for dead. Default 20,000. */
  readonly pingIntervalMs?: number;
  /** Milliseconds that `close` lets messages drain; default 2,000. */
  readonly drainMs?: number;
  /** Requests that may wait for an answer at one time; default 4,096. */
  readonly maxPendingRequests?: number;
  /** Bytes that may wait to be written; more is refused. Default 33,554,432. */
  readonly maxBufferedBytes?: number;
  /** Where faults are logged; default nowhere. */
  readonly logger?: Logger;
  /** Where faults are counted; default nowhere. */
  readonly counters?: Counters;
}

/** Options with every default in place. */
export interface ResolvedNatsOptions {
  readonly servers: readonly string[];
  readonly name: string;
  readonly credentials: NatsCredentials | undefined;
  readonly webSocketFactory: (url: string) => ClosableWebSocket;
  readonly connectTimeoutMs: number;
  readonly reconnectWaitMs: number;
  readonly pingIntervalMs: number;
  readonly drainMs: number;
  readonly maxPendingRequests: number;
  readonly maxBufferedBytes: number;
  readonly logger: Logger | undefined;
  readonly counters: Counters | undefined;
}

/** @throws HostError `input.invalid` for a bad address or number, `host.unsupported` where there is no WebSocket. */
export function resolveNatsOptions(options: NatsOptions): ResolvedNatsOptions {
  const servers = typeof options.servers === "string" ? [options.servers] : [...options.servers];
  if (servers.length === 0) throw new HostError("input.invalid", "No NATS server address was given.");
  for (const server of servers) checkServer(server);
  return Object.freeze({
    servers,
    name: options.name ?? "weblattice",
    credentials: options.credentials,
    webSocketFactory: options.webSocketFactory ?? platformWebSocket(),
    connectTimeoutMs: positive("connectTimeoutMs", options.connectTimeoutMs ?? 3_000),
    reconnectWaitMs: positive("reconnectWaitMs", options.reconnectWaitMs ?? 500),
    pingIntervalMs: positive("pingIntervalMs", options.pingIntervalMs ?? 20_000),
    drainMs: positive("drainMs", options.drainMs ?? 2_000),
    maxPendingRequests: positive("maxPendingRequests", options.maxPendingRequests ?? 4_096),
    maxBufferedBytes: positive("maxBufferedBytes", options.maxBufferedBytes ?? 33_554_432),
    logger: options.logger,
    counters: options.counters,
  });
}

function checkServer(server: string): void {
  const url = URL.canParse(server) ? new URL(server) : undefined;
  const isWebSocket = url?.protocol === "ws:" || url?.protocol === "wss:";
  if (isWebSocket && url.username === "" && url.password === "") return;
  // What stands before an @ may be a password.
  const shown = server.replace(/^.*@/s, "…@");
  throw new HostError("input.invalid", `"${shown}" is not the address of a NATS WebSocket listener.`, {
    hint: "Give an address such as wss://nats.example.com:443, and user and password by the option credentials.",
  });
}

function platformWebSocket(): (url: string) => ClosableWebSocket {
  if (typeof WebSocket !== "undefined") {
    const Platform = WebSocket;
    return (url) => new Platform(url);
  }
  throw new HostError("host.unsupported", "This platform has no WebSocket.", {
    hint: "Give the option webSocketFactory, for instance with the WebSocket of the ws package.",
  });
}

/** A count or a time in milliseconds: what timers can wait at most is the bound of both. */
export function positive(name: string, value: number): number {
  if (Number.isSafeInteger(value) && value > 0 && value <= 0x7fffffff) return value;
  throw new HostError(
    "input.invalid",
    `The option ${name} must be a whole number from 1 to 2,147,483,647, not ${value}.`,
  );
}
