/** What the script uses of a service worker's scope: its types and those of a page cannot be had together. */
export interface ServiceWorkerScope {
  readonly location: Location;
  readonly registration: { readonly scope: string };
  readonly clients: {
    claim(): Promise<void>;
    matchAll(options: { type: "window"; includeUncontrolled: boolean }): Promise<readonly WindowClient[]>;
  };
  skipWaiting(): Promise<void>;
  addEventListener(type: "install", listener: (event: InstallEvent) => void): void;
  addEventListener(type: "activate", listener: (event: ExtendableEvent) => void): void;
  addEventListener(type: "fetch", listener: (event: FetchEvent) => void): void;
  addEventListener(type: "message", listener: (event: PageEvent) => void): void;
}

interface WindowClient {
  readonly url: string;
  postMessage(message: unknown): void;
}

interface ExtendableEvent {
  waitUntil(work: Promise<unknown>): void;
}

/** A part of the conditions that browsers know. */
export interface RouterCondition {
  readonly urlPattern?: { readonly pathname: string };
  readonly or?: readonly RouterCondition[];
  readonly not?: RouterCondition;
}

interface InstallEvent extends ExtendableEvent {
  /** Has the browser answer some requests without the worker; absent where it cannot. */
  addRoutes?(rules: readonly { condition: RouterCondition; source: "network" }[]): Promise<void>;
}

interface FetchEvent extends ExtendableEvent {
  readonly request: Request;
  respondWith(response: Promise<Response>): void;
}

interface PageEvent extends ExtendableEvent {
  readonly data: unknown;
  readonly ports: readonly MessagePort[];
  readonly source: WindowClient | null;
}
