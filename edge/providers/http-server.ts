import { httpServerContract } from "../../src/contracts/index.ts";
import { HostError } from "../../src/errors/index.ts";
import {
  HttpServerProvider,
  type ProviderDescriptor,
  type ProviderDispatcher,
} from "../../src/providers/index.ts";

/** The HTTP server of the edge: the worker's `fetch` handler. */
export const EDGE_HTTP_SERVER: ProviderDescriptor = {
  id: "VAP2J5Q62ZVOM77SQNF3EPHGXI6IDNFHS5KXAX2O6TCGIUEJ7TGUOYJJ",
  contractId: httpServerContract.id,
  name: "weblattice Edge HTTP Server",
  vendor: "weblattice",
  revision: 0,
  version: "0.1.0",
};

/**
 * `wasmcloud:httpserver` on the edge. It listens to nothing: workers ask it which requests are for which actor, and call
 * the actors that they run by themselves. Contracts document 7.2.
 */
export class EdgeHttpServer extends HttpServerProvider {
  #dispatcher: ProviderDispatcher | undefined;

  /** It is or was started, and not stopped since. */
  get isStarted(): boolean {
    return this.#dispatcher !== undefined;
  }

  override configureDispatch(dispatcher: ProviderDispatcher): void {
    super.configureDispatch(dispatcher);
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

  override async stop(): Promise<void> {
    await super.stop();
    this.#dispatcher = undefined;
  }
}
