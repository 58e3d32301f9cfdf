import { HostError } from "../../errors/index.ts";

/** A request that a portable provider has made. */
export interface PortableRequest {
  /** Upper case; default `GET`. */
  readonly method?: string;
  /** Absolute. */
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** A text is sent as UTF-8. Default none. */
  readonly body?: Uint8Array | string;
}

/** What a server answered. */
export interface PortableResponse {
  readonly status: number;
  readonly statusText: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** Told what comes over a WebSocket. */
export interface SocketHandlers {
  /** The next message counts as waiting until what this returns has settled; too many that wait end the connection. */
  onMessage?(data: string | Uint8Array): unknown;
  /** The other side, or the host, has closed it. */
  onClose?(event: { readonly code: number; readonly reason: string }): unknown;
}

/** An open WebSocket. */
export interface PortableSocket {
  send(data: string | Uint8Array): Promise<void>;
  /** @param code - 1000, or 3000 to 4999; default 1000. */
  close(code?: number, reason?: string): Promise<void>;
}

/**
 * What a portable provider can do besides answering. All reject with an error whose message is the reason; what was not
 * granted has the `code` `provider.denied`.
 */
export interface PortableHost {
  /** Calls an actor that is linked to the provider. */
  dispatch(actor: string, operation: string, payload: Uint8Array): Promise<Uint8Array>;
  /** Sends a request to a host that was granted, and follows redirects to such hosts. */
  fetch(request: PortableRequest | string): Promise<PortableResponse>;
  /** Bytes under texts that outlive the host, for this provider alone. */
  readonly storage: {
    get(key: string): Promise<Uint8Array | undefined>;
    set(key: string, value: Uint8Array): Promise<void>;
    delete(key: string): Promise<void>;
    /** @param prefix - default none: all keys. */
    list(prefix?: string): Promise<string[]>;
  };
  /** Opens a WebSocket to a host that was granted. */
  connect(url: string, handlers?: SocketHandlers): Promise<PortableSocket>;
}

/** What the default export of a portable provider's module makes. Contracts section 5.7. */
export interface PortableHandlers {
  handleCall(actor: string, operation: string, payload: Uint8Array): unknown;
  stop?(): unknown;
}

const HINT = "Its default export must be (host) => ({ handleCall(actor, operation, payload), stop() }).";

/**
 * Makes the provider that a module describes.
 * @param module its namespace
 * @throws HostError `provider.start_failed`, or what the module throws
 */
export async function makeProvider(module: unknown, host: PortableHost): Promise<PortableHandlers> {
  const factory = memberOf(module, "default");
  if (typeof factory !== "function") throw refused("The provider's module has no function as default export");
  const handlers: unknown = await factory(host);
  if (typeof memberOf(handlers, "handleCall") !== "function") {
    throw refused("The provider's module made nothing that handles calls");
  }
  return handlers as PortableHandlers;
}

/**
 * The bytes that a provider answered with; nothing is no bytes.
 * @throws HostError `provider.failure`, `input.too_large`
 */
export function answerBytes(answer: unknown, maxBytes: number): Uint8Array {
  if (answer === undefined || answer === null) return new Uint8Array(0);
  if (!(answer instanceof Uint8Array)) {
    throw new HostError("provider.failure", "The provider answered with something that is not bytes");
  }
  if (answer.length > maxBytes) {
    throw new HostError(
      "input.too_large",
      `The provider answered with ${answer.length} bytes, at most ${maxBytes} are accepted`,
    );
  }
  return answer;
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

function refused(message: string): HostError {
  return new HostError("provider.start_failed", message, { hint: HINT });
}
