import { readBody } from "../../bytes/index.ts";
import {
  type CallHandlers,
  type HttpClientCalls,
  type HttpClientRequest,
  type HttpResponse,
  httpClientContract,
  type NoExchanges,
} from "../../contracts/index.ts";
import { HostError, messageOf } from "../../errors/index.ts";
import type { ProviderDescriptor } from "../capability-provider.ts";
import { type CallOrigin, ContractProvider } from "../contract-provider.ts";
import { type LinkValues, listValue, numberValue, textValue } from "../link-values.ts";
import { HostRules } from "./host-rules.ts";
import { firstHop, type Hop, nextHop, toPlatformRequest } from "./outgoing-request.ts";
import { reasonPhrase } from "./reason-phrases.ts";

/** `wasmcloud:httpclient` by the platform's `fetch`. */
export const HTTP_CLIENT_PROVIDER: ProviderDescriptor = {
  id: "VBGVVCP3XDHU4Q6IWSBZRKXZCJXEYLIFOL3KZTRK4IVCYSDNZ4XIRGDL",
  contractId: httpClientContract.id,
  name: "weblattice HTTP Client",
  vendor: "weblattice",
  revision: 0,
  version: "0.1.0",
};

/** How an {@link HttpClientProvider} is made. */
export interface HttpClientOptions {
  /** Hosts that any actor may ask, as in the link value `allowed_hosts`; default all. */
  readonly allowedHosts?: readonly string[];
  /** Bytes of a response's body; default 8 MiB. */
  readonly maxResponseBytes?: number;
  /** Requests under way at one time for one actor; default 64. */
  readonly maxRequests?: number;
  /** Default the platform's. */
  readonly fetch?: (request: Request) => Promise<Response>;
}

interface ClientLink {
  readonly timeoutMs: number;
  readonly maxRedirects: number;
  readonly hosts: HostRules;
  readonly closed: AbortController;
  requests: number;
}

/**
 * Requests to web servers. Contracts document 7.3.
 *
 * Link values: `timeout`, whole seconds for the request with its redirects and the reading of the body (30);
 * `max_redirects` (10); `allowed_hosts`, a comma list of `example.com`, `*.example.com`, `example.com:8443` or `*` (all).
 *
 * Browsers do not tell where a redirect leads: there, requests other than GET and HEAD fail if they are redirected, and
 * so do all if `allowed_hosts` is set. Bodies are sent with all methods but GET and HEAD.
 */
export class HttpClientProvider extends ContractProvider<HttpClientCalls, NoExchanges, ClientLink> {
  readonly #operatorHosts: HostRules;
  readonly #maxResponseBytes: number;
  readonly #maxRequests: number;
  readonly #fetch: (request: Request) => Promise<Response>;

  constructor(options: HttpClientOptions = {}) {
    super(httpClientContract);
    this.#operatorHosts = new HostRules(options.allowedHosts, "allowedHosts");
    this.#maxResponseBytes = options.maxResponseBytes ?? 8 * 1024 * 1024;
    this.#maxRequests = options.maxRequests ?? 64;
    this.#fetch = options.fetch ?? ((request) => fetch(request));
  }

  protected override readonly handlers: CallHandlers<HttpClientCalls, CallOrigin<ClientLink>> = {
    Request: async (request, { link }) => {
      if (link.requests >= this.#maxRequests) {
        throw new HostError("provider.overloaded", `${this.#maxRequests} requests are under way already`);
      }
      link.requests++;
      try {
        return await this.#perform(request, link);
      } finally {
        link.requests--;
      }
    },
  };

  protected override openLink(values: LinkValues): ClientLink {
    const isRestricted = textValue(values, "allowed_hosts") !== undefined;
    return {
      timeoutMs: numberValue(values, "timeout", { otherwise: 30, min: 1, max: 3_600 }) * 1_000,
      maxRedirects: numberValue(values, "max_redirects", { otherwise: 10, min: 0, max: 100 }),
      hosts: new HostRules(isRestricted ? listValue(values, "allowed_hosts") : undefined),
      closed: new AbortController(),
      requests: 0,
    };
  }

  protected override closeLink(link: ClientLink): void {
    link.closed.abort();
  }

  async #perform(request: HttpClientRequest, link: ClientLink): Promise<HttpResponse> {
    const timeout = AbortSignal.timeout(link.timeoutMs);
    const signal = AbortSignal.any([timeout, link.closed.signal]);
    const first = firstHop(request);
    try {
      const response = await this.#follow(first, link, signal);
      return await this.#answer(response, signal);
    } catch (error) {
      if (error instanceof HostError) throw error;
      throw transportError(first.url, timeout.aborted ? "operation timed out" : reasonOf(error), error);
    }
  }

  async #follow(first: Hop, link: ClientLink, signal: AbortSignal): Promise<Response> {
    let hop = first;
    for (let redirects = 0; ; redirects++) {
      this.#checkHost(hop.url, link);
      const response = await this.#fetch(toPlatformRequest(hop, signal, "manual"));
      if (response.type === "opaqueredirect") return this.#followBlindly(hop, link, signal);
      const next = nextHop(hop, response);
      if (next === undefined) return response;
      await response.body?.cancel();
      if (redirects >= link.maxRedirects) throw tooManyRedirects(first.url);
      hop = next;
    }
  }

  /** A browser says only that there is a redirect. Asking again, to be led there, must do no harm. */
  async #followBlindly(hop: Hop, link: ClientLink, signal: AbortSignal): Promise<Response> {
    if (link.maxRedirects === 0) throw tooManyRedirects(hop.url);
    const isHarmless = hop.method === "GET" || hop.method === "HEAD";
    if (!isHarmless || !link.hosts.allowsAll || !this.#operatorHosts.allowsAll) {
      throw new HostError("provider.failure", `error following redirect for url (${hop.url.href}): hidden`, {
        hint: "The browser does not tell where the redirect leads. Ask for the final address.",
      });
    }
    return this.#fetch(toPlatformRequest(hop, signal, "follow"));
  }

  #checkHost(url: URL, link: ClientLink): void {
    if (link.hosts.allows(url) && this.#operatorHosts.allows(url)) return;
    throw new HostError("provider.denied", `The host ${url.host} is not among the allowed hosts`, {
      hint: "Add it to the link value allowed_hosts, or to what the operator of the host allows.",
    });
  }

  async #answer(response: Response, signal: AbortSignal): Promise<HttpResponse> {
    const body = await readBody(response.body, this.#maxResponseBytes, signal);
    if (body === undefined) {
      throw new HostError("input.too_large", `The response has more than ${this.#maxResponseBytes} bytes`);
    }
    const { status } = response;
    return { statusCode: status, status: reasonPhrase(status), header: headersOf(response), body };
  }
}

/** Values of the same name joined, those that are no visible ASCII in base64, as the first-party provider does. */
function headersOf(response: Response): Record<string, string> {
  const values = new Map<string, string[]>();
  response.headers.forEach((value, name) => {
    const visible = /^[\t\x20-\x7e]*$/.test(value) ? value : btoa(value);
    values.set(name, [...(values.get(name) ?? []), visible]);
  });
  // The body was decoded on its way here: what these say is no longer true.
  if (values.has("content-encoding")) {
    values.delete("content-encoding");
    values.delete("content-length");
  }
  return Object.fromEntries([...values].map(([name, all]) => [name, all.join(",")]));
}

function transportError(url: URL, reason: string, cause: unknown): HostError {
  return new HostError("provider.failure", `error sending request for url (${url.href}): ${reason}`, {
    hint: "From a browser, the server must also allow this page by CORS.",
    cause,
  });
}

function tooManyRedirects(url: URL): HostError {
  return new HostError(
    "provider.failure",
    `error following redirect for url (${url.href}): too many redirects`,
  );
}

/** Platforms put the reason into the cause, if they tell it at all. */
function reasonOf(error: unknown): string {
  return error instanceof Error && error.cause !== undefined ? messageOf(error.cause) : messageOf(error);
}
