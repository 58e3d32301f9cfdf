import { httpServerContract } from "../../src/contracts/index.ts";
import { HostError } from "../../src/errors/index.ts";
import {
  answerCoreOperation,
  type CapabilityProvider,
  listValue,
  type ProviderDescriptor,
  type ProviderDispatcher,
} from "../../src/providers/index.ts";
import { type Route, sortRoutes } from "../http/routes.ts";

/** The HTTP server of the edge: the worker's `fetch` handler. */
export const EDGE_HTTP_SERVER: ProviderDescriptor = {
  id: "VAP2J5Q62ZVOM77SQNF3EPHGXI6IDNFHS5KXAX2O6TCGIUEJ7TGUOYJJ",
  contractId: httpServerContract.id,
  name: "weblattice Edge HTTP Server",
  vendor: "weblattice",
  revision: 0,
  version: "0.1.0",
};

const MAX_ROUTES = 64;
const HOST_NAME = /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/;
const PATH = /^\/[!-~]{0,1023}$/;

/**
 * `wasmcloud:httpserver` on the edge. It listens to nothing: what it knows is which requests are for which actor, by the
 * link values `PATH` and `HOST`, each a comma list. Without `PATH` an actor gets all paths. `PORT` and the other values
 * of first-party servers have no meaning here. Contracts document 7.2.
 */
export class EdgeHttpServer implements CapabilityProvider {
  readonly #routes = new Map<string, readonly Route[]>();
  #dispatcher: ProviderDispatcher | undefined;

  /** All routes, the most particular first. */
  routes(): readonly Route[] {
    return sortRoutes([...this.#routes.values()].flat());
  }

  /** It is or was started, and not stopped since. */
  get isStarted(): boolean {
    return this.#dispatcher !== undefined;
  }

  configureDispatch(dispatcher: ProviderDispatcher): void {
    this.#dispatcher = dispatcher;
  }

  /**
   * Calls an actor that a worker cannot call by itself: one on another host.
   *
   * @throws HostError `dispatch.invocation_failed`.
   */
  async dispatch(actor: string, operation: string, payload: Uint8Array): Promise<Uint8Array> {
    if (this.#dispatcher !== undefined) return this.#dispatcher.dispatch(actor, operation, payload);
    throw new HostError("provider.not_running", "The HTTP server does not run");
  }

  async handleCall(_origin: string, operation: string, payload: Uint8Array): Promise<Uint8Array> {
    const answer = await answerCoreOperation(
      {
        bind: (actor, values) => void this.#routes.set(actor, routesOf(actor, values)),
        remove: (actor) => void this.#routes.delete(actor),
      },
      operation,
      payload,
    );
    if (answer !== undefined) return answer;
    throw new HostError("provider.unknown_operation", "bad dispatch");
  }

  async stop(): Promise<void> {
    this.#routes.clear();
    this.#dispatcher = undefined;
  }
}

/**
 * What the link values `PATH` and `HOST` say.
 *
 * @param otherwise - the path of a link that has none.
 * @throws HostError `provider.bad_request` for values that no request could fit.
 */
export function routesOf(
  actor: string,
  values: Readonly<Record<string, string>>,
  otherwise = "/",
): readonly Route[] {
  const paths = orElse(listValue(values, "PATH"), otherwise).map(checkPath);
  const hosts = orElse(listValue(values, "HOST"), "").map(checkHost);
  const routes = hosts.flatMap((host) => paths.map((path): Route => ({ actor, host, path })));
  if (routes.length <= MAX_ROUTES) return routes;
  throw new HostError(
    "provider.bad_request",
    `A link has at most ${MAX_ROUTES} routes, not ${routes.length}`,
  );
}

function orElse(items: readonly string[], otherwise: string): readonly string[] {
  return items.length === 0 ? [otherwise] : items;
}

function checkPath(path: string): string {
  if (!PATH.test(path) || /[?#]/.test(path)) {
    throw new HostError(
      "provider.bad_request",
      `The link value PATH has ${JSON.stringify(path.slice(0, 100))}, which is no path of a URL`,
      { hint: "Paths begin with a slash and are written as in a URL, such as /shop or /caf%C3%A9." },
    );
  }
  return path === "/" ? path : path.replace(/\/+$/, "") || "/";
}

function checkHost(host: string): string {
  const name = host.toLowerCase();
  if (name === "" || HOST_NAME.test(name)) return name;
  throw new HostError(
    "provider.bad_request",
    `The link value HOST has ${JSON.stringify(host.slice(0, 100))}, which is no host name`,
    { hint: "Give the name without scheme and port, such as shop.example.com." },
  );
}
