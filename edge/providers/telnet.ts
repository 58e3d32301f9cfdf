import { HostError } from "../../src/errors/index.ts";
import { readRoutes } from "../../src/providers/http/index.ts";
import {
  invalidValue,
  type LinkValues,
  listValue,
  numberValue,
  type ProviderDescriptor,
  TELNET_PROVIDER,
  type TelnetLink,
  type TelnetOptions,
  TelnetProvider,
} from "../../src/providers/index.ts";
import type { Logger } from "../../src/telemetry/index.ts";
import type { TerminalRoute } from "../http/upgrade.ts";
import { SocketTerminal } from "./socket-terminal.ts";

/** Telnet on the edge: sessions are WebSockets of this worker and no other, so that no lattice could send to them. */
export const EDGE_TELNET: ProviderDescriptor = {
  ...TELNET_PROVIDER,
  id: "VDDUFAOE7IAPZX6AP5OZHLZKF6STM2PTZHF3CAV2JSZ4JRKNLCUHMYGB",
  name: "weblattice Edge Telnet",
};

/** How an {@link EdgeTelnet} is made. */
export interface EdgeTelnetOptions extends Pick<TelnetOptions, "maxOutput"> {
  /** Sessions of one actor at one time. */
  readonly maxSessions: number;
  readonly logger: Logger;
}

/** Where an actor's terminals connect. */
interface Place {
  readonly routes: readonly TerminalRoute[];
  readonly idleMs: number;
}

/** Sessions of all actors at one time. */
const MAX_SESSIONS = 1_024;

/**
 * `wasmcloud:telnet` on the edge: a WebSocket to one of the paths of a link is a terminal. Besides the values that
 * {@link TelnetProvider} knows: `PATH` and `HOST`, comma lists, default `/telnet/` and the actor's key at any host;
 * `ORIGINS`, the origins of pages that may connect besides the worker's own, a comma list or `*`; `IDLE`, the seconds
 * without a message after which a session ends, default 900.
 */
export class EdgeTelnet extends TelnetProvider {
  readonly #logger: Logger;
  readonly #places = new Map<TelnetLink, Place>();
  #open = 0;

  constructor(options: EdgeTelnetOptions) {
    super(options);
    this.#logger = options.logger;
  }

  /** Where terminals connect. */
  routes(): readonly TerminalRoute[] {
    return [...this.#places.values()].flatMap((place) => place.routes);
  }

  /**
   * Takes on a WebSocket that was asked for.
   *
   * @returns the answer to the request; the terminal is told whether its session was opened.
   */
  accept(actor: string): Response {
    const link = this.links.get(actor);
    const place = link === undefined ? undefined : this.#places.get(link);
    if (place === undefined) throw new HostError("link.not_found", "The actor is not linked to a terminal");
    if (this.#open >= MAX_SESSIONS) throw new HostError("provider.overloaded", "There are too many sessions");
    this.#open++;
    const terminal = new SocketTerminal({
      idleMs: place.idleMs,
      logger: this.#logger,
      onClosed: () => {
        this.#open--;
      },
    });
    void terminal.begin((io) => this.openSession(io, actor));
    return terminal.response;
  }

  protected override openLink(values: LinkValues, actor: string): TelnetLink {
    const origins = listValue(values, "ORIGINS");
    if (!origins.every((origin) => origin === "*" || isOrigin(origin))) {
      throw invalidValue("ORIGINS", "must be like https://app.example.com,http://localhost:8080, or *");
    }
    const idleMs = 1_000 * numberValue(values, "IDLE", { otherwise: 900, min: 1, max: 86_400 });
    const path = `/telnet/${actor}`;
    const routes = readRoutes(values, actor, { path }).map((route) => ({ ...route, origins }));
    const link = super.openLink(values, actor);
    this.#places.set(link, { routes, idleMs });
    return link;
  }

  protected override closeLink(link: TelnetLink, actor: string): void {
    this.#places.delete(link);
    super.closeLink(link, actor);
  }
}

/** As pages send it: scheme, host and port if it is not the usual one, in lower case. */
function isOrigin(text: string): boolean {
  return /^https?:/.test(text) && URL.canParse(text) && new URL(text).origin === text;
}
