import type { CorsRules } from "./cors.ts";

/** Which requests one actor of a server answers. */
export interface ServedRoute {
  /** The actor's `M…` key. */
  readonly actor: string;
  /** What the path begins with, without a slash at its end. */
  readonly prefix: string;
  /** Host names, with a port where only that one is meant; none: all. */
  readonly hosts: readonly string[];
  /** What pages of other origins may do; absent: whatever the actor says. */
  readonly cors?: CorsRules;
}

/** A request as a front hands it on: what every `Request` is, and what no constructor of one would take. */
export interface IncomingRequest {
  readonly method: string;
  /** The whole address. */
  readonly url: string;
  readonly headers: Headers;
  readonly body: ReadableStream<Uint8Array<ArrayBuffer>> | null;
  /** `navigate` where a browser goes to a page, which no rule of CORS is about. */
  readonly mode?: string;
}

/** A server that a front hands requests to. */
export interface FrontedServer {
  /** The actor that a request to this address is for, and what its path begins with; undefined if it is for none. */
  actorFor(address: string): { readonly actor: string; readonly prefix: string } | undefined;
  /** Answers a request by an actor, or by a page that says what is wrong. Never rejects. */
  handle(request: IncomingRequest): Promise<Response>;
}

/** What receives requests in an environment where a provider cannot listen, such as the service worker of a page. */
export interface HttpFront {
  /** What the paths of all actors begin with, without a slash at its end, such as `/http`. */
  readonly base: string;
  /** Told all routes of a server whenever they change; none: it serves no more. Must not throw. */
  update(server: FrontedServer, routes: readonly ServedRoute[]): void;
}
