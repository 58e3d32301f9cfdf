import { exactBytes } from "../../bytes/index.ts";
import { asHostError, HostError } from "../../errors/index.ts";
import type { GrantedServices } from "../authority/granted-services.ts";
import type { SocketListener } from "../authority/provider-sockets.ts";
import { type AuthorityRequest, parseAuthorityRequest } from "./authority-messages.ts";
import { ERROR_TEXT_LIMIT, type ToProviderWorker } from "./provider-messages.ts";

/** What an {@link AuthorityDesk} works with. */
export interface AuthorityDeskOptions {
  /** Absent: everything is refused. */
  readonly services: GrantedServices | undefined;
  readonly post: (message: ToProviderWorker) => void;
  readonly maxPayloadBytes: number;
  /** Requests under way at one time. */
  readonly maxPending: number;
}

/** Answers what a provider's worker asks for, as far as it was granted. Every request is answered once. */
export class AuthorityDesk {
  readonly #options: AuthorityDeskOptions;
  #pending = 0;

  constructor(options: AuthorityDeskOptions) {
    this.#options = options;
  }

  /** @param request - as the worker sent it: nothing about it is known. */
  async take(ask: number, request: unknown): Promise<void> {
    const { maxPending, post } = this.#options;
    this.#pending++;
    try {
      if (this.#pending > maxPending) {
        throw new HostError("provider.overloaded", `More than ${maxPending} requests of the provider wait`);
      }
      post({ kind: "given", ask, value: await this.#answer(parseAuthorityRequest(request)) });
    } catch (error) {
      const { message, code } = asHostError(error);
      post({ kind: "denied", ask, message: message.slice(0, ERROR_TEXT_LIMIT), code });
    } finally {
      this.#pending--;
    }
  }

  /** The provider has dealt with a message of a WebSocket. */
  taken(socket: number, bytes: number): void {
    this.#options.services?.sockets.taken(socket, bytes);
  }

  /** Ends what is under way. */
  close(): void {
    this.#options.services?.close();
  }

  async #answer(request: AuthorityRequest): Promise<unknown> {
    const services = this.#services();
    switch (request.op) {
      case "fetch":
        return this.#fetch(services, request);
      case "get": {
        const value = await services.storage.get(request.key);
        return value === undefined ? undefined : exactBytes(value);
      }
      case "set":
        return services.storage.set(request.key, request.value);
      case "delete":
        return services.storage.delete(request.key);
      case "list":
        return services.storage.list(request.prefix);
      case "open":
        return services.openSocket(request.url, (socket) => this.#listener(socket));
      case "send":
        return services.sockets.send(request.socket, request.data);
      case "close":
        return services.sockets.end(request.socket, request.code, request.reason);
    }
  }

  async #fetch(services: GrantedServices, request: AuthorityRequest & { op: "fetch" }): Promise<unknown> {
    const { method, url, headers, body } = request;
    const { maxPayloadBytes } = this.#options;
    if (body.length > maxPayloadBytes) {
      throw new HostError("input.too_large", `A body has at most ${maxPayloadBytes} bytes`);
    }
    const answer = await services.fetch({ method, url, headers: Object.fromEntries(headers), body });
    return {
      status: answer.statusCode,
      statusText: answer.status,
      headers: answer.header,
      body: exactBytes(answer.body),
    };
  }

  #listener(socket: number): SocketListener {
    const { post } = this.#options;
    return {
      message: (data) => post({ kind: "socket", socket, news: { what: "message", data } }),
      closed: (code, reason) => post({ kind: "socket", socket, news: { what: "closed", code, reason } }),
    };
  }

  #services(): GrantedServices {
    const { services } = this.#options;
    if (services !== undefined) return services;
    throw new HostError("provider.denied", "The provider was granted no authority");
  }
}
