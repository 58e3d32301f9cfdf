import { readBody } from "../../bytes/index.ts";
import {
  type CallHandlers,
  type HttpServerDeliveries,
  httpServerContract,
  type NoExchanges,
} from "../../contracts/index.ts";
import { HostError, messageOf } from "../../errors/index.ts";
import type { Logger } from "../../telemetry/index.ts";
import { isDoneWithin } from "../../time/index.ts";
import type { ProviderDescriptor } from "../capability-provider.ts";
import { type CallOrigin, ContractProvider } from "../contract-provider.ts";
import { invalidValue, type LinkValues, listValue, numberValue } from "../link-values.ts";
import { type CorsRules, decideCors, readCors } from "./cors.ts";
import { BUSY, errorPage, LATE, type Problem, problemOf } from "./error-page.ts";
import type { FrontedServer, HttpFront, IncomingRequest } from "./http-front.ts";
import { toActorRequest, toResponse } from "./http-messages.ts";
import { hasTraversal, type Route, RouteTable, readRoute } from "./routes.ts";

/** `wasmcloud:httpserver` for requests that are handed to it. */
export const HTTP_SERVER_PROVIDER: ProviderDescriptor = {
  id: "VDUFG6BOM2UBKZIYA2BUTD5T22NABGP3IVDMD3C6IOBRNTA4O3JVDOXO",
  contractId: httpServerContract.id,
  name: "weblattice HTTP Server",
  vendor: "weblattice",
  revision: 0,
  version: "0.1.0",
};

/** How an {@link HttpServerProvider} is made. */
export interface HttpServerOptions {
  /** Bytes of a request's body; default 8 MiB. */
  readonly maxBodyBytes?: number;
  /** Milliseconds for a request, the reading of its body included; default 30,000. */
  readonly timeoutMs?: number;
  /** Requests under way at one time for one actor; more are told to come back. Default 256. */
  readonly maxRequests?: number;
  /**
   * Headers that every answer of an actor has, whatever the actor says; default none. Where actors share an origin with
   * pages that they are not to touch, give `content-security-policy` with `sandbox`.
   */
  readonly headers?: Readonly<Record<string, string>>;
  /** Where the requests come from, if that has to know the routes; default: whoever calls `handle`. */
  readonly front?: HttpFront;
  /** Where failed requests are logged; default nowhere. */
  readonly logger?: Logger;
}

interface ServerLink {
  readonly route: Route;
  readonly cors: CorsRules | undefined;
  requests: number;
}

/**
 * Requests for actors, whoever receives them: a service worker, an edge worker's fetch handler, a server. Contracts
 * document 7.2.
 *
 * Link values: `PATH`, what the path begins with, behind the base of the front; the actor does not see either (by
 * default `/` and the actor's key);
 * `HOST`, a comma list of host names; `CORS_ALLOWED_ORIGINS`, `CORS_ALLOWED_METHODS`, `CORS_ALLOWED_HEADERS`. `PORT`,
 * `BIND` and `WORKERS` are of servers that listen: ports are checked, and have no effect.
 */
export class HttpServerProvider
  extends ContractProvider<NoExchanges, HttpServerDeliveries, ServerLink>
  implements FrontedServer
{
  readonly #options: Required<Omit<HttpServerOptions, "logger" | "front">>;
  readonly #front: HttpFront | undefined;
  readonly #logger: Logger | undefined;
  readonly #routes = new RouteTable();
  readonly #open = new Map<string, ServerLink>();

  constructor(options: HttpServerOptions = {}) {
    super(httpServerContract);
    const {
      maxBodyBytes = 8 * 1024 * 1024,
      timeoutMs = 30_000,
      maxRequests = 256,
      headers = {},
      front,
      logger,
    } = options;
    this.#options = { maxBodyBytes, timeoutMs, maxRequests, headers };
    this.#front = front;
    this.#logger = logger;
  }

  protected override readonly handlers: CallHandlers<NoExchanges, CallOrigin<ServerLink>> = {};

  /** The actor that a request to this address is for, and what its path begins with; undefined if it is for none. */
  actorFor(address: string): { readonly actor: string; readonly prefix: string } | undefined {
    const found = URL.canParse(address) ? this.#routes.find(new URL(address)) : undefined;
    return found === undefined ? undefined : { actor: found.actor, prefix: found.route.prefix };
  }

  /** Answers a request by the actor it is for, or by a page that says what is wrong. Never rejects. */
  async handle(request: IncomingRequest): Promise<Response> {
    const url = new URL(request.url);
    const found = this.#routes.find(url);
    const link = found === undefined ? undefined : this.#open.get(found.actor);
    if (found === undefined || link === undefined) {
      return errorPage({ status: 404, text: "No actor serves this address." });
    }
    if (hasTraversal(url.pathname))
      return errorPage({ status: 400, text: "The path leads out of its place." });
    const cors = decideCors(link.cors, request, url);
    if (cors.kind === "refused") {
      return errorPage({ status: 403, text: "This address may not be used by pages of that origin." });
    }
    if (cors.kind === "none") return this.#serve(request, url, link, found.actor);
    const response = cors.isPreflight
      ? new Response(null, { status: 204 })
      : await this.#serve(request, url, link, found.actor);
    for (const [name, value] of Object.entries(cors.headers)) {
      if (name === "vary") response.headers.append(name, value);
      else response.headers.set(name, value);
    }
    return response;
  }

  protected override openLink(values: LinkValues, actor: string): ServerLink {
    if (actor.length !== 56) throw new HostError("link.invalid", "Module id must be exactly 56 chars");
    numberValue(values, "PORT", { otherwise: 8_080, min: 0, max: 65_535 });
    for (const item of listValue(values, "BIND")) checkBind(item);
    const route = readRoute(values, actor, this.#front?.base);
    const link: ServerLink = { route, cors: readCors(values), requests: 0 };
    this.#routes.add(actor, route);
    this.#open.set(actor, link);
    this.#tellFront();
    return link;
  }

  protected override closeLink(link: ServerLink, actor: string): void {
    if (this.#open.get(actor) !== link) return;
    this.#routes.remove(actor);
    this.#open.delete(actor);
    this.#tellFront();
  }

  #tellFront(): void {
    this.#front?.update(this, this.#routes.all());
  }

  async #serve(request: IncomingRequest, url: URL, link: ServerLink, actor: string): Promise<Response> {
    if (link.requests >= this.#options.maxRequests) return errorPage(BUSY);
    link.requests++;
    try {
      const answering = this.#answer(request, url, link, actor);
      if (!(await isDoneWithin(answering, this.#options.timeoutMs))) return errorPage(LATE);
      const answer = await answering;
      return answer instanceof Response ? answer : errorPage(answer);
    } catch (error) {
      this.#logger?.warn(`A request was not answered by its actor: ${messageOf(error)}`, { actor });
      return errorPage(problemOf(error));
    } finally {
      link.requests--;
    }
  }

  async #answer(
    request: IncomingRequest,
    url: URL,
    link: ServerLink,
    actor: string,
  ): Promise<Response | Problem> {
    const { maxBodyBytes, timeoutMs } = this.#options;
    const tooLarge = { status: 413, text: `The request has more than ${maxBodyBytes} bytes.` };
    if (Number(request.headers.get("content-length") ?? 0) > maxBodyBytes) return tooLarge;
    let body: Uint8Array | undefined;
    try {
      body = await readBody(request.body, maxBodyBytes, AbortSignal.timeout(timeoutMs));
    } catch {
      return { status: 400, text: "The request was not received as a whole." };
    }
    if (body === undefined) return tooLarge;
    const message = toActorRequest(request, url, link.route.prefix, body);
    const answer = await this.deliver(actor, "HandleRequest", message);
    const response = toResponse(answer, message.method);
    for (const [name, value] of Object.entries(this.#options.headers)) response.headers.set(name, value);
    return response;
  }
}

/** `port` or `address:port`. */
function checkBind(item: string): void {
  const port = /^(?:.+:)?(\d{1,5})$/.exec(item)?.[1];
  if (port !== undefined && Number(port) <= 65_535) return;
  throw invalidValue("BIND", "must be a comma list of ports and addresses with ports");
}
