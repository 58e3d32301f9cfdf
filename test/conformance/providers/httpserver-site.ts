import type { CapabilityProvider, HttpServerProvider } from "../../../src/providers/index.ts";
import { LinkedActors } from "./linked-actor.ts";

/** A request for what a provider serves. */
export interface Sent {
  readonly url: URL;
  readonly method: string;
  readonly headers: Headers;
  readonly body: Uint8Array<ArrayBuffer> | undefined;
}

/** A provider of `wasmcloud:httpserver`, and how what it serves is reached. */
export interface HttpServerSetting {
  readonly provider: CapabilityProvider;
  /** The scheme of its addresses. */
  readonly scheme: "http" | "https";
  /** Values of every link that does not say otherwise. */
  readonly values?: Readonly<Record<string, string>>;
  /** @param actor - whose server is asked, where each has its own. */
  fetch(sent: Sent, actor: string): Promise<Response>;
}

/** Makes a provider that takes only so much. */
export type OpenHttpServer = (options: {
  readonly maxBodyBytes: number;
  readonly maxRequests: number;
  readonly timeoutMs: number;
}) => HttpServerSetting;

/** A provider that is handed requests, each as the `Request` of the platform. */
export function handedRequests(provider: HttpServerProvider): HttpServerSetting {
  const fetch: HttpServerSetting["fetch"] = ({ url, method, headers, body }) =>
    provider.handle(new Request(url, { method, headers, ...(body === undefined ? {} : { body }) }));
  return { provider, scheme: "https", fetch };
}

/** A provider that is handed the parts of requests, as tabs get them: no `Request` there could have such headers. */
export function handedParts(provider: HttpServerProvider): HttpServerSetting {
  const fetch: HttpServerSetting["fetch"] = ({ url, method, headers, body }) =>
    provider.handle({
      url: url.href,
      method,
      headers,
      body: body === undefined ? null : new Response(body).body,
    });
  return { provider, scheme: "https", fetch };
}

interface Options extends Pick<RequestInit, "method" | "headers"> {
  readonly body?: Uint8Array<ArrayBuffer>;
  readonly origin?: string;
  readonly actor?: string;
}

/** Actors of the demands: the first is asked if none is named. */
export const [ACTOR, OTHER]: readonly [string, string] = [`M${"A".repeat(55)}`, `M${"B".repeat(55)}`];

/** A request as an actor gets it. */
export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly queryString: string;
  readonly header: Record<string, string>;
  readonly body: Uint8Array;
}

/** Actors that a provider serves, and those who ask them. */
export class Site {
  readonly actors: LinkedActors;
  readonly origin: string;
  readonly #setting: HttpServerSetting;

  constructor(setting: HttpServerSetting) {
    this.#setting = setting;
    this.origin = `${setting.scheme}://site.test`;
    this.actors = new LinkedActors(setting.provider);
    this.answer({});
  }

  link(values: Record<string, string> = {}, actor = ACTOR): Promise<void> {
    return this.actors.link({ ...this.#setting.values, ...values }, actor);
  }

  /** What actors answer from now on. */
  answer(response: object): void {
    this.actors.answer = () => ({
      statusCode: 200,
      status: "OK",
      header: {},
      body: new Uint8Array(0),
      ...response,
    });
  }

  fetch(path: string, options: Options = {}): Promise<Response> {
    const { method = "GET", body, origin = this.origin, actor = ACTOR } = options;
    const headers = new Headers(options.headers);
    return this.#setting.fetch({ url: new URL(origin + path), method, headers, body }, actor);
  }

  get asked(): Asked[] {
    return this.actors.delivered.map(({ message }) => message as Asked);
  }

  async page(path: string, options?: Options): Promise<[status: number, text: string]> {
    const response = await this.fetch(path, options);
    return [response.status, await response.text()];
  }
}
