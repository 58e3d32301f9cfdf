import { HostError, messageOf } from "../errors/index.ts";
import { type BodyLimits, Exchange } from "./exchange.ts";
import { Guard } from "./guard.ts";

/** The part of the standard `fetch` that is used. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/** Options of a {@link Transport}. */
export interface TransportOptions extends BodyLimits {
  readonly fetch: Fetch;
  /** The address to send a request to instead; undefined for the address itself. */
  readonly proxy: (url: string) => string | undefined;
  /** Throws for an address where no request may go, also by a redirect. */
  readonly checkHop?: (url: URL) => void;
  /** Milliseconds until an answer begins. */
  readonly timeoutMs: number;
}

/** A secret and the one origin that it is for. */
export interface Authorization {
  /** Value of the `Authorization` header. */
  readonly header: string;
  readonly origin: string;
}

/** A request. */
export interface Outgoing {
  readonly method: "GET" | "HEAD" | "POST" | "PUT";
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  readonly authorization?: Authorization | undefined;
  readonly signal?: AbortSignal | undefined;
}

const MAX_REDIRECTS = 5;
const REDIRECTS: readonly number[] = [301, 302, 303, 307, 308];

/**
 * Sends requests, and follows redirects itself: so that a secret never goes to another origin than its own, also not
 * by a detour, and nothing that began on https goes on without it.
 *
 * A browser does not let pages see where a redirect leads. There it follows them itself: it refuses to load what is
 * not https on an https page, and drops `Authorization` where a redirect leaves the origin (Chromium since 119,
 * Firefox since 111, Safari since 16.1).
 */
export class Transport {
  readonly #options: TransportOptions;

  constructor(options: TransportOptions) {
    this.#options = options;
  }

  /**
   * Where a request to an address really goes.
   * @throws HostError `input.invalid` for a proxy that names no address
   */
  actual(url: string): URL {
    const rewritten = this.#options.proxy(url) ?? url;
    if (URL.canParse(rewritten)) return new URL(rewritten);
    throw new HostError("input.invalid", "The proxy for registries must name whole http or https addresses", {
      hint: "Resolve them against the page's own: new URL(path, location.href).href",
    });
  }

  /**
   * Sends a request and waits for the beginning of its answer, whatever that is.
   * @throws HostError `registry.unreachable`, `registry.timeout`, `registry.cancelled`, `registry.insecure_refused`,
   * `registry.bad_response`
   */
  async send(request: Outgoing): Promise<Exchange> {
    let url = this.actual(request.url);
    let { authorization } = request;
    for (let redirects = 0; ; redirects += 1) {
      checkAddress(url);
      this.#options.checkHop?.(url);
      if (url.origin !== authorization?.origin) authorization = undefined;
      const exchange = await this.#hop(request, url, authorization);
      const location = exchange.header("location");
      if (!REDIRECTS.includes(exchange.status) || location === undefined) return exchange;
      exchange.discard();
      if (request.method !== "GET" && request.method !== "HEAD") throw badRedirect(url, "a change");
      if (redirects === MAX_REDIRECTS) throw badRedirect(url, `more than ${MAX_REDIRECTS} times`);
      url = this.#next(url, location);
    }
  }

  #next(from: URL, location: string): URL {
    if (!URL.canParse(location, from.href)) throw badRedirect(from, "to no address");
    const target = new URL(location, from.href);
    if (from.protocol === "https:") checkNoDowngrade(target);
    return this.actual(target.href);
  }

  async #hop(request: Outgoing, url: URL, authorization: Authorization | undefined): Promise<Exchange> {
    const { fetch, timeoutMs, transferMs } = this.#options;
    const { method, body, signal } = request;
    const guard = new Guard(signal);
    const ms = timeoutMs + (body === undefined ? 0 : transferMs(body.length));
    const headers = {
      ...request.headers,
      ...(authorization === undefined ? {} : { Authorization: authorization.header }),
    };
    const init: RequestInit = {
      method,
      headers,
      ...(body === undefined ? {} : { body: body as Uint8Array<ArrayBuffer> }),
      signal: guard.signal,
      redirect: "manual",
      ...pageOptions(),
    };
    const ask = async (more: RequestInit): Promise<Response> => fetch(url.href, { ...init, ...more });
    const what = `${method} ${url.origin}${url.pathname}`;
    try {
      const first = await guard.within(ask({}), ms, what);
      if (first.type !== "opaqueredirect") {
        return new Exchange({ response: first, url: url.href, guard, limits: this.#options });
      }
      if (method !== "GET" && method !== "HEAD") throw badRedirect(url, "a change");
      const response = await guard.within(ask({ redirect: "follow" }), ms, what);
      const last = URL.canParse(response.url) ? new URL(response.url) : url;
      if (url.protocol === "https:") checkNoDowngrade(last);
      return new Exchange({ response, url: last.href, guard, limits: this.#options });
    } catch (error) {
      guard.end(error);
      throw error instanceof HostError ? error : unreachable(url, error);
    }
  }
}

/** Pages send no cookies and ask nobody for a password, and no manifest comes from their browser's cache. */
function pageOptions(): RequestInit {
  if (typeof Request === "undefined") return {};
  const { prototype } = Request;
  return {
    ...("credentials" in prototype ? { credentials: "omit" } : {}),
    ...("cache" in prototype ? { cache: "no-store" } : {}),
  };
}

function checkAddress(url: URL): void {
  const isWeb = url.protocol === "https:" || url.protocol === "http:";
  if (isWeb && url.username === "" && url.password === "") return;
  throw new HostError(
    "registry.bad_response",
    "The registry names an address that is no plain http or https one",
  );
}

function checkNoDowngrade(target: URL): void {
  if (target.protocol !== "http:") return;
  throw new HostError(
    "registry.insecure_refused",
    `The registry leads from https to http: ${target.origin}`,
    {
      hint: "That may be the registry's mistake behind its own proxy. Nothing was sent there.",
      details: { origin: target.origin },
    },
  );
}

function badRedirect(url: URL, how: string): HostError {
  return new HostError("registry.bad_response", `${url.host} redirects ${how}`, {
    details: { host: url.host },
  });
}

/** A browser tells a page nothing but "failed", be it the network or another origin that does not allow the page. */
function unreachable(url: URL, error: unknown): HostError {
  const deeper = error instanceof Error && error.cause !== undefined ? `: ${messageOf(error.cause)}` : "";
  return new HostError(
    "registry.unreachable",
    `${url.host} cannot be reached: ${messageOf(error)}${deeper}`,
    {
      hint:
        "Check the address and the network. From a page, the registry must also allow the page's origin by CORS; " +
        "most do not, and a registry proxy on the page's own origin helps.",
      details: { host: url.host },
      cause: error,
    },
  );
}
