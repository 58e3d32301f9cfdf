import { asHostError, type HostError } from "../../../src/errors/index.ts";
import { type HostDescription, HTTP_SERVER_PROVIDER } from "../../../src/index.ts";
import type { HttpRoute } from "../../host-api.ts";
import type { HostClient } from "../../host-client.ts";
import { serveHttp } from "../../service-worker/serve-http.ts";

/** Whether requests of this origin reach the actors of this tab. */
export type HttpState =
  /** No HTTP server runs here. */
  | { readonly phase: "off" }
  | { readonly phase: "starting" }
  | { readonly phase: "serving"; readonly routes: readonly HttpRoute[] }
  | { readonly phase: "failed"; readonly error: HostError };

/** Connects a host to the service worker once an HTTP server runs on it, and tells where its actors are served. */
export class HttpServing {
  readonly #host: HostClient;
  readonly #onChange: () => void;
  #phase: Exclude<HttpState["phase"], "failed"> = "off";
  #error: HostError | undefined;

  /** @param onChange - called when {@link state} is worth asking again. */
  constructor(host: HostClient, onChange: () => void) {
    this.#host = host;
    this.#onChange = onChange;
  }

  /** How things stand for a host that says this of itself. Starts what is missing. */
  async state(description: HostDescription): Promise<HttpState> {
    const isWanted = description.providers.some(({ id }) => id === HTTP_SERVER_PROVIDER.id);
    if (!isWanted) {
      this.#error = undefined;
      return { phase: "off" };
    }
    if (this.#error !== undefined) return { phase: "failed", error: this.#error };
    if (this.#phase === "off") void this.#start();
    if (this.#phase !== "serving") return { phase: "starting" };
    return { phase: "serving", routes: await this.#host.httpRoutes() };
  }

  /** A failure stays while the server runs: what is missing in a browser or on a page does not come by itself. */
  async #start(): Promise<void> {
    this.#phase = "starting";
    try {
      await serveHttp(this.#host);
      this.#phase = "serving";
    } catch (error) {
      this.#error = asHostError(error);
      this.#phase = "off";
    }
    this.#onChange();
  }
}
