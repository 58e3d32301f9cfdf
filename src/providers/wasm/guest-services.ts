import {
  answerCall,
  exchangeOf,
  providerHttpContract,
  providerSelfContract,
  providerSocketContract,
  providerStorageContract,
} from "../../contracts/index.ts";
import { HostError } from "../../errors/index.ts";
import { isPublicKey } from "../../keys/index.ts";
import type { HostCallRequest } from "../../wapc/index.ts";
import type { GrantedServices } from "../authority/granted-services.ts";
import type { SocketListener } from "../authority/provider-sockets.ts";
import type { ProviderDispatcher } from "../capability-provider.ts";

/** What {@link GuestServices} work with. */
export interface GuestServicesOptions {
  readonly services: GrantedServices;
  readonly dispatch: ProviderDispatcher["dispatch"];
  /** The origin of the call that the guest serves now. */
  readonly caller: () => string;
  /** Calls an operation of the guest when its turn comes. Never rejects. */
  readonly deliver: (operation: string, payload: Uint8Array) => Promise<void>;
}

/** Answers the host calls of a wasm provider: namespaces of its own beside the keys of actors. */
export class GuestServices {
  readonly #options: GuestServicesOptions;

  constructor(options: GuestServicesOptions) {
    this.#options = options;
  }

  /** @throws HostError `provider.denied`, `provider.unknown_operation`, or as the service that is asked for. */
  answer({ namespace, operation, payload }: HostCallRequest): Promise<Uint8Array> {
    const { services, dispatch, caller } = this.#options;
    if (isPublicKey(namespace, "module")) return dispatch(namespace, operation, payload);
    const call = { operation, payload, context: undefined };
    switch (namespace) {
      case providerSelfContract.id:
        return answerCall(providerSelfContract.calls, { Caller: () => ({ actor: caller() }) }, call);
      case providerHttpContract.id:
        return answerCall(
          providerHttpContract.calls,
          { Request: (request) => services.fetch(request) },
          call,
        );
      case providerStorageContract.id:
        return this.#storage(call);
      case providerSocketContract.id:
        return this.#sockets(call);
      default:
        throw new HostError("provider.denied", `A provider cannot call ${namespace.slice(0, 200)}`, {
          hint: "It calls actors by their keys, and weblattice:http, weblattice:storage and weblattice:socket.",
        });
    }
  }

  #storage(call: { operation: string; payload: Uint8Array; context: undefined }): Promise<Uint8Array> {
    const { services } = this.#options;
    return answerCall(
      providerStorageContract.calls,
      {
        Get: async ({ key }) => {
          const value = await services.storage.get(key);
          return { exists: value !== undefined, value: value ?? new Uint8Array(0) };
        },
        Set: ({ key, value }) => services.storage.set(key, value),
        Delete: ({ key }) => services.storage.delete(key),
        List: async ({ prefix }) => ({ keys: await services.storage.list(prefix) }),
      },
      call,
    );
  }

  #sockets(call: { operation: string; payload: Uint8Array; context: undefined }): Promise<Uint8Array> {
    const { services } = this.#options;
    return answerCall(
      providerSocketContract.calls,
      {
        Open: async ({ url }) => ({
          socket: await services.openSocket(url, (socket) => this.#listener(socket)),
        }),
        Send: ({ socket, isText, data }) =>
          services.sockets.send(socket, isText ? new TextDecoder().decode(data) : new Uint8Array(data)),
        Close: ({ socket, code, reason }) => services.sockets.end(socket, code, reason),
      },
      call,
    );
  }

  #listener(socket: number): SocketListener {
    const { services, deliver } = this.#options;
    const encode = (operation: string, value: unknown): Uint8Array =>
      exchangeOf(providerSocketContract.deliveries, operation).request.encode(value);
    return {
      message: (message) => {
        const isText = typeof message === "string";
        const data = isText ? new TextEncoder().encode(message) : message;
        void deliver("SocketMessage", encode("SocketMessage", { socket, isText, data })).then(() =>
          services.sockets.taken(socket, message.length),
        );
      },
      closed: (code, reason) =>
        void deliver("SocketClosed", encode("SocketClosed", { socket, code, reason })),
    };
  }
}
