import type { HttpClientRequest, HttpResponse } from "../../contracts/index.ts";
import { HostError } from "../../errors/index.ts";
import { exchangeHttp } from "../http/exchange.ts";
import { HostRules } from "../http/host-rules.ts";
import type { ProviderAuthority } from "./authority.ts";
import type { GrantLimits } from "./grant-limits.ts";
import { ProviderSockets, type ProviderWebSocket, type SocketListener } from "./provider-sockets.ts";
import type { ProviderStorage } from "./provider-storage.ts";

/** What {@link GrantedServices} are made of. */
export interface GrantedServicesOptions {
  readonly authority: ProviderAuthority;
  readonly limits: GrantLimits;
  /** Used only if it is granted. */
  readonly storage?: ProviderStorage;
  /** Default the platform's. */
  readonly fetch?: (request: Request) => Promise<Response>;
  /** Default the platform's. */
  readonly webSocket?: (url: string) => ProviderWebSocket;
}

const DENIED_HINT = "The provider's manifest does not ask for this host.";

/** What a provider may do besides answering, and no more: every use is checked against its authority. */
export class GrantedServices {
  readonly authority: ProviderAuthority;
  readonly #hosts: HostRules;
  readonly #limits: GrantLimits;
  readonly #storage: ProviderStorage | undefined;
  readonly #fetch: (request: Request) => Promise<Response>;
  readonly #sockets: ProviderSockets;
  readonly #closed = new AbortController();
  #requests = 0;

  constructor(options: GrantedServicesOptions) {
    this.authority = options.authority;
    this.#hosts = new HostRules(options.authority.network);
    this.#limits = options.limits;
    this.#storage = options.storage;
    this.#fetch = options.fetch ?? ((request) => fetch(request));
    this.#sockets = new ProviderSockets(options.webSocket ?? platformWebSocket, options.limits);
  }

  /**
   * Sends a request, without the cookies of whoever looks at the page. Redirects are followed to granted hosts only;
   * browsers hide where they lead, so there they fail.
   *
   * @throws HostError `provider.denied`, `provider.overloaded`, `provider.bad_request`, `provider.failure`,
   *   `input.too_large`.
   */
  async fetch(request: HttpClientRequest): Promise<HttpResponse> {
    const { maxRequests, maxRedirects, maxResponseBytes, requestMs } = this.#limits;
    if (this.#requests >= maxRequests) {
      throw new HostError("provider.overloaded", `${maxRequests} requests are under way already`);
    }
    this.#requests++;
    try {
      return await exchangeHttp(request, {
        fetch: this.#fetch,
        allows: (url) => this.#hosts.allows(url),
        allowsAll: this.#hosts.allowsAll,
        deniedHint: DENIED_HINT,
        maxRedirects,
        maxResponseBytes,
        timeoutMs: requestMs,
        signal: this.#closed.signal,
      });
    } finally {
      this.#requests--;
    }
  }

  /** Where the provider keeps its data. @throws HostError `provider.denied`. */
  get storage(): ProviderStorage {
    if (this.authority.storage && this.#storage !== undefined) return this.#storage;
    throw new HostError("provider.denied", "The provider was granted no storage", {
      hint: "Its manifest does not ask for it.",
    });
  }

  /**
   * Opens a WebSocket. In browsers it carries the cookies of the host it leads to, as all of them do.
   *
   * @returns its number.
   * @throws HostError `provider.denied`, `provider.bad_request`, `provider.overloaded`, `provider.failure`,
   *   `host.unsupported`.
   */
  async openSocket(address: string, listenerOf: (socket: number) => SocketListener): Promise<number> {
    const url = URL.canParse(address) ? new URL(address) : undefined;
    const isSocket = url?.protocol === "ws:" || url?.protocol === "wss:";
    if (!isSocket || url.username !== "" || url.password !== "") {
      throw new HostError("provider.bad_request", "A WebSocket's address begins with ws:// or wss://", {
        hint: "Credentials have no place in it.",
      });
    }
    if (!this.#hosts.allows(url)) {
      throw new HostError("provider.denied", `The host ${url.host} is not among the allowed hosts`, {
        hint: DENIED_HINT,
      });
    }
    return this.#sockets.open(url.href, listenerOf);
  }

  /** Those that are open. */
  get sockets(): Pick<ProviderSockets, "send" | "end" | "taken"> {
    return this.#sockets;
  }

  /** Closes the WebSockets that are open: nobody is left who knows of them. */
  endSockets(): void {
    this.#sockets.endAll();
  }

  /** Ends what is under way. Twice is fine. */
  close(): void {
    this.#closed.abort(new HostError("provider.not_running", "The provider was stopped"));
    this.#sockets.close();
  }
}

function platformWebSocket(url: string): ProviderWebSocket {
  if (typeof WebSocket !== "undefined") return new WebSocket(url);
  throw new HostError("host.unsupported", "This platform has no WebSocket.", {
    hint: "Build the host with withProviderGrants({ webSocket: … }), for instance with that of the ws package.",
  });
}
