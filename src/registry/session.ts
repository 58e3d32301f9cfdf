import type { Access, Authorizer } from "./authorizer.ts";
import type { Exchange } from "./exchange.ts";
import type { ImageReference } from "./image-reference.ts";
import type { Authorization, Outgoing, Transport } from "./transport.ts";

/** What a {@link RegistrySession} is made from. */
export interface SessionParts {
  readonly transport: Transport;
  readonly authorizer: Authorizer;
  readonly reference: ImageReference;
  readonly actions: Access["actions"];
  readonly isInsecure: boolean;
  readonly signal: AbortSignal | undefined;
}

/** Requests about one repository, with whatever the registry wants to see for it. */
export class RegistrySession {
  /** Address of the repository, to which paths such as `/manifests/1.0` are added. */
  readonly repository: string;
  readonly #transport: Transport;
  readonly #authorizer: Authorizer;
  readonly #access: Access;
  readonly #ping: string;
  #authorization: Promise<Authorization | undefined> | undefined;

  constructor({ transport, authorizer, reference, actions, isInsecure, signal }: SessionParts) {
    const { registry, repository } = reference;
    this.#ping = `${isInsecure ? "http" : "https"}://${registry}/v2/`;
    this.repository = `${this.#ping}${repository}`;
    this.#transport = transport;
    this.#authorizer = authorizer;
    this.#access = { registry, repository, actions, isInsecure, home: transport.actual(this.#ping), signal };
  }

  /** Sends a request, once more with a new authorization where the registry refuses the first. */
  async send(request: Omit<Outgoing, "authorization" | "signal">): Promise<Exchange> {
    const { home, signal } = this.#access;
    this.#authorization ??= this.#authorizer.authorization(this.#access, this.#ping);
    const authorization = await this.#authorization;
    const exchange = await this.#transport.send({ ...request, authorization, signal });
    if (exchange.status !== 401 || new URL(exchange.url).origin !== home.origin) return exchange;
    const renewed = await this.#renewed(exchange);
    if (renewed === undefined || renewed.header === authorization?.header) return exchange;
    exchange.discard();
    return this.#transport.send({ ...request, authorization: renewed, signal });
  }

  async #renewed(exchange: Exchange): Promise<Authorization | undefined> {
    try {
      const renewed = await this.#authorizer.renewed(this.#access, exchange);
      this.#authorization = Promise.resolve(renewed);
      return renewed;
    } catch (error) {
      exchange.discard();
      throw error;
    }
  }
}
