import {
  ActorHttpServer,
  type ActorHttpServerOptions,
  type BuiltInProvider,
  HTTP_SERVER_PROVIDER,
  LINK_VALUE_FACTS,
  type LinkValues,
  type Logger,
  listValue,
  type ProviderServices,
  type ServerLink,
  textValue,
} from "../../src/index.ts";
import { type ListenAddress, ListeningServer } from "./listening-server.ts";

/** How a {@link NodeHttpServerProvider} is made; listening is logged, too. */
export type NodeHttpServerOptions = Pick<
  ActorHttpServerOptions,
  "maxBodyBytes" | "timeoutMs" | "maxRequests" | "logger"
>;

const NODE_PATH = "Comma list of what paths begin with; the actor does not see it.";
/** Where first-party providers listen if a link does not say. */
const ANYWHERE = "0.0.0.0";
const DEFAULT_PORT = 8_080;

/**
 * `wasmcloud:httpserver` that listens: a server for each linked actor, as with first-party providers. Contracts document
 * 7.2.
 *
 * Link values: `PORT`, and `BIND`, a comma list of ports and addresses with ports (together; default port 8080 of all
 * addresses); and those of `HttpServerProvider`, where `PATH` is by default `/`. An address that cannot be listened at has
 * the link refused; one that the link had before stays open.
 */
export class NodeHttpServerProvider extends ActorHttpServer {
  readonly #logger: Logger | undefined;
  readonly #servers = new Map<ServerLink, readonly ListeningServer[]>();

  constructor(options: NodeHttpServerOptions = {}) {
    super(options);
    this.#logger = options.logger;
  }

  /** Where the server of an actor listens. */
  addressesOf(actor: string): readonly ListenAddress[] {
    return this.#serversOf(this.links.get(actor)).map(({ address }) => address);
  }

  protected override async openLink(
    values: LinkValues,
    actor: string,
    former: ServerLink | undefined,
  ): Promise<ServerLink> {
    const link = this.readLink(values, actor, { path: "/" });
    const servers = await this.#listen(actor, addressesIn(values), this.#serversOf(former));
    this.#servers.set(link, servers);
    for (const { address } of servers)
      this.#logger?.info("An actor is served by HTTP", { actor, ...address });
    return link;
  }

  protected override async closeLink(link: ServerLink, actor: string): Promise<void> {
    const inUse = this.#serversOf(this.links.get(actor));
    const unused = this.#serversOf(link).filter((server) => !inUse.includes(server));
    this.#servers.delete(link);
    await Promise.all(unused.map((server) => server.close()));
  }

  #serversOf(link: ServerLink | undefined): readonly ListeningServer[] {
    return (link === undefined ? undefined : this.#servers.get(link)) ?? [];
  }

  /** Servers that listen at these addresses already go on, for the link that is in use then. */
  async #listen(
    actor: string,
    addresses: readonly ListenAddress[],
    former: readonly ListeningServer[],
  ): Promise<readonly ListeningServer[]> {
    const known = [...former];
    const opened: ListeningServer[] = [];
    try {
      const servers: ListeningServer[] = [];
      for (const address of addresses) {
        const at = known.findIndex((server) => server.isFor(address));
        const [server = await this.#open(actor, address)] = at < 0 ? [] : known.splice(at, 1);
        if (at < 0) opened.push(server);
        servers.push(server);
      }
      return servers;
    } catch (error) {
      await Promise.all(opened.map((server) => server.close()));
      throw error;
    }
  }

  #open(actor: string, address: ListenAddress): Promise<ListeningServer> {
    return ListeningServer.open(address, (request) =>
      this.answer(request, this.links.get(actor)?.routes ?? []),
    );
  }
}

/** The values are checked already. */
function addressesIn(values: LinkValues): ListenAddress[] {
  const binds = listValue(values, "BIND").map(addressOf);
  const port = textValue(values, "PORT");
  if (port !== undefined) return [{ host: ANYWHERE, port: Number(port) }, ...binds];
  return binds.length === 0 ? [{ host: ANYWHERE, port: DEFAULT_PORT }] : binds;
}

/** `port` or `address:port`. */
function addressOf(item: string): ListenAddress {
  const colon = item.lastIndexOf(":");
  const host = item.slice(0, Math.max(0, colon)).replace(/^\[|\]$/g, "");
  return { host: host === "" ? ANYWHERE : host, port: Number(item.slice(colon + 1)) };
}

/** `weblattice:httpserver` of hosts in Node.js, for `withProviders`. */
export const NODE_HTTP_SERVER: BuiltInProvider = Object.freeze({
  name: "weblattice:httpserver",
  descriptor: HTTP_SERVER_PROVIDER,
  description: "Listens for HTTP requests, at a port for each linked actor.",
  linkValues: [
    { name: "PORT", description: "Port of all addresses of the machine.", example: "8080" },
    {
      name: "BIND",
      description: "Comma list of ports and addresses with ports, in addition. Default: 0.0.0.0:8080.",
      example: "127.0.0.1:8081",
    },
    ...LINK_VALUE_FACTS["weblattice:httpserver"].map((fact) =>
      fact.name === "PATH" ? { ...fact, description: NODE_PATH, default: "/" } : fact,
    ),
  ],
  make: ({ logger }: ProviderServices) => new NodeHttpServerProvider({ logger }),
});
