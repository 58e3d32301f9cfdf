import {
  type CallHandlers,
  type HttpServerDeliveries,
  httpServerContract,
  type NoExchanges,
} from "../../contracts/index.ts";
import { HostError, messageOf } from "../../errors/index.ts";
import type { Logger } from "../../telemetry/index.ts";
import { type CallOrigin, ContractProvider } from "../contract-provider.ts";
import { invalidValue, type LinkValues, listValue, numberValue } from "../link-values.ts";
import { readCors } from "./cors.ts";
import { errorPage } from "./error-page.ts";
import type { IncomingRequest, ServedRoute } from "./http-front.ts";
import { BUSY, HttpProblem, NO_ROUTE } from "./problems.ts";
import { findRoute, type RouteDefaults, readRoutes } from "./routes.ts";
import { inTime, serveRequest } from "./serve-request.ts";

/** The bounds of an {@link ActorHttpServer}. */
export interface ActorHttpServerOptions {
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
  /** Where failed requests are logged; default nowhere. */
  readonly logger?: Logger;
}

/** What is kept for an actor that serves HTTP. */
export interface ServerLink {
  readonly routes: readonly ServedRoute[];
  /** Requests under way. */
  requests: number;
}

/** Answers requests by linked actors, wherever they come from. Contracts document 7.2. */
export abstract class ActorHttpServer extends ContractProvider<
  NoExchanges,
  HttpServerDeliveries,
  ServerLink
> {
  readonly #options: Required<Omit<ActorHttpServerOptions, "logger">>;
  readonly #logger: Logger | undefined;

  protected constructor(options: ActorHttpServerOptions) {
    super(httpServerContract);
    const { maxBodyBytes = 8 * 1024 * 1024, timeoutMs = 30_000, maxRequests = 256, headers = {} } = options;
    this.#options = { maxBodyBytes, timeoutMs, maxRequests, headers };
    this.#logger = options.logger;
  }

  protected override readonly handlers: CallHandlers<NoExchanges, CallOrigin<ServerLink>> = {};

  /** Answers a request by the actor of the route it takes, or by a page that says what is wrong. Never rejects. */
  protected async answer(request: IncomingRequest, routes: readonly ServedRoute[]): Promise<Response> {
    const route = findRoute(routes, new URL(request.url));
    const link = route === undefined ? undefined : this.links.get(route.actor);
    if (route === undefined || link === undefined) return errorPage(NO_ROUTE);
    const { actor } = route;
    const { maxBodyBytes, timeoutMs, headers } = this.#options;
    return inTime(timeoutMs, (late) =>
      serveRequest(request, route, {
        maxBodyBytes,
        late,
        headers,
        call: (read) => this.#counted(link, async () => this.deliver(actor, "HandleRequest", await read())),
        tell: errorPage,
        onFailed: (error) =>
          this.#logger?.warn(`A request was not answered by its actor: ${messageOf(error)}`, { actor }),
      }),
    );
  }

  /** Reads the values of a link. @throws HostError `link.invalid`. */
  protected readLink(values: LinkValues, actor: string, defaults?: RouteDefaults): ServerLink {
    if (actor.length !== 56) throw new HostError("link.invalid", "Module id must be exactly 56 chars");
    numberValue(values, "PORT", { otherwise: 8_080, min: 0, max: 65_535 });
    for (const item of listValue(values, "BIND")) checkBind(item);
    const cors = readCors(values);
    const routes = readRoutes(values, actor, defaults);
    return { routes: cors === undefined ? routes : routes.map((route) => ({ ...route, cors })), requests: 0 };
  }

  async #counted<T>(link: ServerLink, work: () => Promise<T>): Promise<T> {
    if (link.requests >= this.#options.maxRequests) throw new HttpProblem(BUSY);
    link.requests++;
    try {
      return await work();
    } finally {
      link.requests--;
    }
  }
}

/** `port` or `address:port`. */
function checkBind(item: string): void {
  const port = /^(?:.+:)?(\d{1,5})$/.exec(item)?.[1];
  if (port !== undefined && Number(port) <= 65_535) return;
  throw invalidValue("BIND", "must be a comma list of ports and addresses with ports");
}
