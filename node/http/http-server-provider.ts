import {
  answerCoreOperation,
  type BuiltInProvider,
  type CapabilityProvider,
  encodeCapabilityConfiguration,
  HostError,
  HTTP_SERVER_PROVIDER,
  type HttpServerOptions,
  HttpServerProvider,
  LINK_VALUE_FACTS,
  type LinkValues,
  type Logger,
  listValue,
  type ProviderDispatcher,
  type ProviderServices,
  textValue,
} from "../../src/index.ts";
import { type ListenAddress, ListeningServer } from "./listening-server.ts";

/** How a {@link NodeHttpServerProvider} is made. */
export interface NodeHttpServerOptions
  extends Pick<HttpServerOptions, "maxBodyBytes" | "timeoutMs" | "maxRequests"> {
  /** Where listening and failed requests are logged; default nowhere. */
  readonly logger?: Logger;
}

interface Site {
  readonly values: LinkValues;
  readonly provider: HttpServerProvider;
  readonly servers: readonly ListeningServer[];
}

const NODE_PATH = "What the path of requests begins with; the actor does not see it.";
/** Where first-party providers listen if a link does not say. */
const ANYWHERE = "0.0.0.0";
const DEFAULT_PORT = 8_080;

/**
 * `wasmcloud:httpserver` that listens: a server for each linked actor, as with first-party providers. Contracts document
 * 7.2.
 *
 * Link values: `PORT`, and `BIND`, a comma list of ports and addresses with ports (together; default port 8080 of all
 * addresses); and those of {@link HttpServerProvider}, where `PATH` is by default `/`. An address that cannot be listened
 * at has the link refused.
 */
export class NodeHttpServerProvider implements CapabilityProvider {
  readonly #options: NodeHttpServerOptions;
  readonly #sites = new Map<string, Site>();
  /** Changes are made in turn. */
  #last: Promise<unknown> = Promise.resolve();
  #dispatcher: ProviderDispatcher | undefined;

  constructor(options: NodeHttpServerOptions = {}) {
    this.#options = { ...options };
  }

  configureDispatch(dispatcher: ProviderDispatcher): void {
    this.#dispatcher = dispatcher;
  }

  /** Where the server of an actor listens. */
  addressesOf(actor: string): readonly ListenAddress[] {
    return this.#sites.get(actor)?.servers.map(({ address }) => address) ?? [];
  }

  async handleCall(_origin: string, operation: string, payload: Uint8Array): Promise<Uint8Array> {
    const links = {
      bind: (actor: string, values: LinkValues) => this.#inTurn(() => this.#bind(actor, values)),
      remove: (actor: string) => this.#inTurn(() => this.#remove(actor)),
    };
    const answer = await answerCoreOperation(links, operation, payload);
    // The contract has no operations that actors call.
    if (answer === undefined) throw new HostError("provider.unknown_operation", "bad dispatch");
    return answer;
  }

  stop(): Promise<void> {
    return this.#inTurn(async () => {
      await Promise.all([...this.#sites.keys()].map((actor) => this.#remove(actor)));
    });
  }

  async #bind(actor: string, values: LinkValues): Promise<void> {
    // Links are told as often as the host likes.
    if (isSame(this.#sites.get(actor)?.values, values)) return;
    const provider = new HttpServerProvider(this.#options);
    if (this.#dispatcher !== undefined) provider.configureDispatch(this.#dispatcher);
    const link = { module: actor, values: { ...values, PATH: values["PATH"] ?? "/" } };
    // Checks the values before anything else is changed.
    await provider.handleCall("system", "BindActor", encodeCapabilityConfiguration(link));
    await this.#remove(actor);
    const servers: ListeningServer[] = [];
    try {
      for (const address of addressesIn(values)) {
        servers.push(await ListeningServer.open(address, (request) => provider.handle(request)));
      }
    } catch (error) {
      await Promise.all(servers.map((server) => server.close()));
      await provider.stop();
      throw error;
    }
    this.#sites.set(actor, { values, provider, servers });
    for (const { address } of servers)
      this.#options.logger?.info("An actor is served by HTTP", { actor, ...address });
  }

  async #remove(actor: string): Promise<void> {
    const site = this.#sites.get(actor);
    if (site === undefined) return;
    this.#sites.delete(actor);
    await Promise.all(site.servers.map((server) => server.close()));
    await site.provider.stop();
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    const done = this.#last.then(work);
    this.#last = done.catch(() => undefined);
    return done;
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

function isSame(known: LinkValues | undefined, values: LinkValues): boolean {
  if (known === undefined) return false;
  const names = Object.keys(values);
  return names.length === Object.keys(known).length && names.every((name) => known[name] === values[name]);
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
