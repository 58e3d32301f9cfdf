import {
  type FrontedServer,
  HostError,
  type HostEvent,
  type HttpFront,
  type ServedRoute,
} from "../../src/index.ts";
import { errorPage, isOfHosts, NO_ROUTE } from "../../src/providers/http/index.ts";
import { FrontPort } from "./front-port.ts";
import type { RequestMessage, Route } from "./messages.ts";
import { lockPrefix } from "./names.ts";

/** The host's side of the HTTP front: which actors are served where, and the ports to the service worker. */
export class TabFront implements HttpFront {
  readonly base: string;
  readonly #location: Pick<URL, "host" | "hostname">;
  readonly #servers = new Map<FrontedServer, readonly ServedRoute[]>();
  readonly #running = new Set<string>();
  #port: FrontPort | undefined;
  #lock: Promise<() => void> | undefined;

  /** @param base - as {@link HttpFront.base}. */
  constructor(base: string, location: Pick<URL, "host" | "hostname">) {
    this.base = base;
    this.#location = location;
  }

  update(server: FrontedServer, routes: readonly ServedRoute[]): void {
    if (routes.length === 0) this.#servers.delete(server);
    else this.#servers.set(server, routes);
    this.#port?.tellRoutes();
  }

  /** Learns which actors run here. */
  hear(event: HostEvent): void {
    if (event.type !== "actor_started" && event.type !== "actor_stopped") return;
    if (event.type === "actor_started") this.#running.add(event.actor);
    else this.#running.delete(event.actor);
    this.#port?.tellRoutes();
  }

  /** The paths of this origin that are answered here. */
  routes(): Route[] {
    return [...this.#servers.values()]
      .flat()
      .filter(({ hosts }) => isOfHosts(hosts, this.#location))
      .map(({ actor, prefix }) => ({ actor, path: prefix, isHere: this.#running.has(actor) }));
  }

  /**
   * Takes a port to the service worker, in place of a former one.
   *
   * @param as - what the front knows this host by, the same each time, and the base it answers for.
   * @throws HostError `input.invalid` for another base.
   */
  async connect(
    port: MessagePort,
    { id, base }: { readonly id: string; readonly base: string },
  ): Promise<void> {
    if (base !== this.base) {
      throw new HostError(
        "input.invalid",
        `The service worker answers for ${base}, and the host for ${this.base}`,
        {
          hint: "Start the host with the option httpBase.",
        },
      );
    }
    this.#lock ??= holdLock(lockPrefix(this.base) + id);
    await this.#lock;
    this.#port?.retire();
    this.#port = new FrontPort(port, id, {
      answer: (request) => this.#answer(request),
      routes: () => this.routes(),
    });
  }

  /** The front hands over no more requests. Twice is fine. */
  close(): void {
    this.#port?.close();
    this.#port = undefined;
    // One that was never given needs no release.
    this.#lock?.then((letGo) => letGo()).catch(() => undefined);
    this.#lock = undefined;
  }

  #answer({ url, method, headers, body, mode }: RequestMessage): Promise<Response> {
    const lengthOf = (server: FrontedServer): number => server.actorFor(url)?.prefix.length ?? -1;
    const [best] = [...this.#servers.keys()].sort((a, b) => lengthOf(b) - lengthOf(a));
    if (best === undefined) {
      return Promise.resolve(errorPage(NO_ROUTE));
    }
    return best.handle({
      url,
      method,
      mode,
      headers: new Headers(headers.map(([name, value]): [string, string] => [name, value])),
      body: body === null ? null : new Response(body).body,
    });
  }
}

/** Takes a lock that the browser lets go of when this worker ends, however it ends. */
function holdLock(name: string): Promise<() => void> {
  return new Promise((resolve, reject) => {
    const held = (): Promise<void> => new Promise((letGo) => resolve(letGo));
    navigator.locks.request(name, held).catch(reject);
  });
}
