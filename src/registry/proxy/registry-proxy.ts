import { Exchange } from "../exchange.ts";
import { Guard } from "../guard.ts";
import { type Outgoing, Transport } from "../transport.ts";
import { returnHeaders } from "./proxy-headers.ts";
import {
  type RegistryProxyOptions,
  type ResolvedProxyOptions,
  resolveProxyOptions,
} from "./proxy-options.ts";
import { ProxyPolicy } from "./proxy-policy.ts";
import { answer, corsHeaders, failure, preflight, problem } from "./proxy-response.ts";
import { type ProxyRoute, parseProxyPath } from "./proxy-route.ts";
import { TokenServices } from "./proxy-token.ts";

const MIN_BYTES_PER_MS = 16;
const MAX_TOKEN_BYTES = 64 * 1024;
const MAX_AUTHORIZATION = 32 * 1024;
const SCOPE = /^repository:[a-z0-9._/-]{1,255}:(pull|pull,push)$/;
const READING: readonly string[] = ["GET", "HEAD"];

/**
 * A handler of requests for `{prefix}/{registry}/v2/…`, which lets pages reach registries that do not allow them by
 * CORS, or want credentials. It forwards what clients of images ask of the registries that the operator allows, and
 * nothing else: it cannot be used to reach other servers, follows redirects to plain https storages only, and never
 * with credentials, drops cookies, and bounds sizes and times. Token services are reached through it as well.
 *
 * Pages of its own origin may use it, and those listed; whoever serves it must know its own origin for certain, so
 * that `request.url` is not what a `Host` header says.
 * @throws HostError `input.invalid` for options that cannot work; the handler itself never rejects
 */
export function registryProxy(options: RegistryProxyOptions): (request: Request) => Promise<Response> {
  const proxy = new RegistryProxy(resolveProxyOptions(options));
  return (request) => proxy.handle(request);
}

class RegistryProxy {
  readonly #options: ResolvedProxyOptions;
  readonly #policy: ProxyPolicy;
  readonly #transport: Transport;
  readonly #services: TokenServices;
  #running = 0;

  constructor(options: ResolvedProxyOptions) {
    const { fetch, timeoutMs, idleMs } = options;
    this.#options = options;
    this.#policy = new ProxyPolicy(options);
    this.#transport = new Transport({
      fetch,
      timeoutMs,
      idleMs,
      transferMs: (bytes) => timeoutMs + bytes / MIN_BYTES_PER_MS,
      proxy: () => undefined,
      checkHop: (url) => this.#policy.checkHop(url),
    });
    this.#services = new TokenServices(this.#transport, this.#policy);
  }

  async handle(request: Request): Promise<Response> {
    const url = new URL(request.url);
    const origin = request.headers.get("origin") ?? undefined;
    if (!this.#isOurs(url, origin, request.headers.get("sec-fetch-site"))) {
      return problem(403, "This proxy serves pages of its own origin only");
    }
    const headers = corsHeaders(origin);
    const route = parseProxyPath(url.pathname, this.#options.prefix);
    if (route === undefined) return problem(404, "This is not a path of a registry", headers);
    const methods = route.methods.filter((method) => this.#options.push || READING.includes(method));
    if (request.method === "OPTIONS" && origin !== undefined) return preflight(origin, methods);
    if (!this.#policy.allows(route.registry)) {
      return problem(403, `The operator of this proxy does not allow ${route.registry}`, headers);
    }
    if (!methods.includes(request.method)) {
      return problem(405, `${request.method} is not for this`, { ...headers, Allow: methods.join(", ") });
    }
    if (this.#running >= this.#options.maxRequests) {
      return problem(503, "The proxy has too much to do", { ...headers, "Retry-After": "1" });
    }
    return this.#counted((release) => this.#forward(request, url, route, release), headers);
  }

  /** Counts work as running until it is released, or fails. */
  async #counted(
    work: (release: () => void) => Promise<Response>,
    headers: Readonly<Record<string, string>>,
  ): Promise<Response> {
    this.#running += 1;
    const release = (): void => {
      this.#running -= 1;
    };
    try {
      const response = await work(release);
      return response;
    } catch (error) {
      release();
      return failure(error, headers);
    }
  }

  async #forward(request: Request, url: URL, route: ProxyRoute, release: () => void): Promise<Response> {
    const { maxBytes, prefix } = this.#options;
    const { registry, path } = route;
    const isToken = path === undefined;
    const target = isToken ? await this.#tokenAddress(registry, url) : this.#address(registry, path, url);
    if (target === undefined) {
      release();
      return problem(
        403,
        "This scope is not allowed",
        corsHeaders(request.headers.get("origin") ?? undefined),
      );
    }
    const exchange = await this.#transport.send(await this.#outgoing(request, target));
    try {
      const place = `${prefix}/${registry}`;
      const headers = {
        ...returnHeaders({ exchange, place, prefix }),
        ...corsHeaders(request.headers.get("origin") ?? undefined),
      };
      if (request.method === "HEAD" || [204, 205, 304].includes(exchange.status)) {
        exchange.discard();
        release();
        return answer(exchange.status, null, headers);
      }
      const limit = isToken ? MAX_TOKEN_BYTES : maxBytes;
      return answer(exchange.status, exchange.stream(limit, "The answer", release), headers);
    } catch (error) {
      exchange.discard();
      throw error;
    }
  }

  /** Only uploads and lists of tags have something to say behind a question mark. */
  #address(registry: string, path: string, { search }: URL): URL {
    const url = new URL(`${this.#policy.base(registry)}${path}`);
    const isTold = /\/blobs\/uploads?\/|\/tags\/list$/.test(path);
    return new URL(isTold ? `${url.href}${search}` : url.href);
  }

  async #tokenAddress(registry: string, { searchParams }: URL): Promise<URL | undefined> {
    const scopes = searchParams.getAll("scope");
    const isAllowed = (scope: string): boolean =>
      SCOPE.test(scope) && (this.#options.push || scope.endsWith(":pull"));
    if (scopes.length !== 1 || !scopes.every(isAllowed)) return undefined;
    const url = await this.#services.of(registry);
    for (const scope of scopes) url.searchParams.append("scope", scope);
    return url;
  }

  async #outgoing(request: Request, url: URL): Promise<Outgoing> {
    const method = request.method as Outgoing["method"];
    const authorization = request.headers.get("authorization");
    const headers: Record<string, string> = { "Accept-Encoding": "identity" };
    for (const name of ["Accept", "Content-Type"]) {
      const value = request.headers.get(name);
      if (value !== null) headers[name] = value;
    }
    return {
      method,
      url: url.href,
      headers,
      ...(READING.includes(method) ? {} : { body: await this.#body(request) }),
      ...(authorization === null || authorization.length > MAX_AUTHORIZATION
        ? {}
        : { authorization: { header: authorization, origin: url.origin } }),
    };
  }

  /** The body of a page's request, read whole: a registry wants to know its length. */
  async #body(request: Request): Promise<Uint8Array> {
    const { timeoutMs, idleMs, maxBytes } = this.#options;
    const { headers, body } = request;
    const limits = { idleMs, transferMs: (bytes: number) => timeoutMs + bytes / MIN_BYTES_PER_MS };
    const guard = new Guard(undefined);
    const response = { headers, body, status: 200 };
    return new Exchange({ response, url: request.url, guard, limits }).bytes(maxBytes, "The upload");
  }

  /** A page elsewhere must not use it: neither by CORS, nor as the address of a picture. */
  #isOurs(url: URL, origin: string | undefined, site: string | null): boolean {
    if (origin !== undefined) return origin === url.origin || this.#options.origins.includes(origin);
    return site === null || site === "same-origin" || site === "none";
  }
}
