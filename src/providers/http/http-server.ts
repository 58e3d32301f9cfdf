import { httpServerContract } from "../../contracts/index.ts";
import type { ProviderDescriptor } from "../capability-provider.ts";
import type { LinkValues } from "../link-values.ts";
import { ActorHttpServer, type ActorHttpServerOptions, type ServerLink } from "./actor-http-server.ts";
import type { FrontedServer, HttpFront, IncomingRequest, ServedRoute } from "./http-front.ts";
import { checkFree, findRoute } from "./routes.ts";

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
export interface HttpServerOptions extends ActorHttpServerOptions {
  /** Where the requests come from, if that has to know the routes; default: whoever calls `handle`. */
  readonly front?: HttpFront;
}

/**
 * Requests for actors that share one address, whoever receives them: a service worker, an edge worker's fetch handler.
 * Contracts document 7.2.
 *
 * Link values: `PATH`, a comma list of what paths begin with, behind the base of the front; the actor does not see either
 * (by default `/` and the actor's key); `HOST`, a comma list of host names; `CORS_ALLOWED_ORIGINS`,
 * `CORS_ALLOWED_METHODS`, `CORS_ALLOWED_HEADERS`. `PORT`, `BIND` and `WORKERS` are of servers that listen: ports are
 * checked, and have no effect.
 */
export class HttpServerProvider extends ActorHttpServer implements FrontedServer {
  readonly #front: HttpFront | undefined;
  #routes: readonly ServedRoute[] = [];

  constructor({ front, ...options }: HttpServerOptions = {}) {
    super(options);
    this.#front = front;
  }

  /** Which requests are for which actor. */
  get routes(): readonly ServedRoute[] {
    return this.#routes;
  }

  /** The actor that a request to this address is for, and what its path begins with; undefined if it is for none. */
  actorFor(address: string): { readonly actor: string; readonly prefix: string } | undefined {
    const found = URL.canParse(address) ? findRoute(this.#routes, new URL(address)) : undefined;
    return found === undefined ? undefined : { actor: found.actor, prefix: found.prefix };
  }

  /** Answers a request by the actor it is for, or by a page that says what is wrong. Never rejects. */
  handle(request: IncomingRequest): Promise<Response> {
    return this.answer(request, this.#routes);
  }

  protected override openLink(values: LinkValues, actor: string): ServerLink {
    const base = this.#front?.base;
    const link = this.readLink(values, actor, base === undefined ? {} : { base });
    const others = this.#routesOfOthers(actor);
    checkFree(link.routes, others);
    this.#serve([...others, ...link.routes]);
    return link;
  }

  protected override closeLink(_link: ServerLink, actor: string): void {
    // Those of the link that took its place are served already.
    if (!this.links.has(actor)) this.#serve(this.#routesOfOthers(actor));
  }

  #routesOfOthers(actor: string): ServedRoute[] {
    return this.#routes.filter((route) => route.actor !== actor);
  }

  #serve(routes: readonly ServedRoute[]): void {
    this.#routes = routes;
    this.#front?.update(this, routes);
  }
}
