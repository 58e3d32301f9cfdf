import {
  type CallHandlers,
  type HttpClientCalls,
  httpClientContract,
  type NoExchanges,
} from "../../contracts/index.ts";
import { HostError } from "../../errors/index.ts";
import type { ProviderDescriptor } from "../capability-provider.ts";
import { type CallOrigin, ContractProvider } from "../contract-provider.ts";
import { type LinkValues, listValue, numberValue, textValue } from "../link-values.ts";
import { exchangeHttp } from "./exchange.ts";
import { HostRules } from "./host-rules.ts";

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
        return await exchangeHttp(request, {
          timeoutMs: link.timeoutMs,
          maxRedirects: link.maxRedirects,
          fetch: this.#fetch,
          maxResponseBytes: this.#maxResponseBytes,
          signal: link.closed.signal,
          allows: (url) => link.hosts.allows(url) && this.#operatorHosts.allows(url),
          allowsAll: link.hosts.allowsAll && this.#operatorHosts.allowsAll,
          deniedHint: "Add it to the link value allowed_hosts, or to what the operator of the host allows.",
        });
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
}
