import { asHostError, HostError } from "../../../src/errors/index.ts";
import type { HostDescription } from "../../../src/index.ts";
import type { Environment } from "../../environment.ts";
import type { ProviderChoice, StartOptions, WatchMessage } from "../../host-api.ts";
import { createHostClient, type HostClient } from "../../host-client.ts";
import { httpBase } from "../../service-worker/names.ts";
import { EventFeed } from "../events/event-feed.ts";
import { OpenTerminals } from "../terminal/open-terminals.ts";
import { HttpServing, type HttpState } from "./http-serving.ts";
import { NameBook } from "./name-book.ts";
import { Observable } from "./observable.ts";
import { Refresher } from "./refresher.ts";
import { fetchRegistryOffer } from "./registry-offer.ts";

const startDeadlineMs = 20_000;
const refreshGapMs = 150;
/** What no event tells, such as a pending call or a claim that expires, is seen after this time at the latest. */
const pollMs = 4_000;

/** A host that runs, and what it last said about itself. */
export interface RunningHost {
  readonly phase: "running";
  readonly host: HostClient;
  readonly description: HostDescription;
  readonly environment: Environment;
  readonly choices: readonly ProviderChoice[];
  /** Whether and where actors of this tab are served by HTTP. */
  readonly http: HttpState;
  /** Set while the host does not answer: the description may be out of date then. */
  readonly stale?: { readonly since: number; readonly error: HostError };
}

/** Where the life of this tab's host stands. */
export type SessionState =
  | { readonly phase: "starting" }
  | { readonly phase: "failed"; readonly error: HostError }
  | RunningHost
  | { readonly phase: "gone"; readonly error?: HostError };

declare global {
  interface Window {
    /** Handle for the browser's console and for tests: the host of this tab, while it runs. */
    weblattice?: { readonly host: HostClient };
  }
}

/** The host of this tab over its whole life, restarts included. All that the page shows comes from here. */
export class HostSession {
  readonly state: Observable<SessionState> = new Observable<SessionState>({ phase: "starting" });
  readonly names: NameBook = new NameBook();
  readonly feed: EventFeed = new EventFeed(this.names);
  readonly terminals: OpenTerminals = new OpenTerminals();
  /** What screen readers are told politely. */
  readonly announcement: Observable<string> = new Observable("");
  readonly #options: StartOptions;
  readonly #listeners = new Set<(message: WatchMessage) => void>();
  #refresher: Refresher | undefined;
  #generation = 0;

  constructor(options: StartOptions) {
    this.#options = options;
  }

  /** Starts a host, or a new one after the last has ended. Never rejects: the state tells. */
  async start(): Promise<void> {
    const generation = ++this.#generation;
    this.state.set({ phase: "starting" });
    try {
      const options = {
        ...(await fetchRegistryOffer()),
        httpBase: httpBase(document.baseURI),
        ...this.#options,
      };
      const host = await startWithin(options, startDeadlineMs);
      try {
        await this.#run(host, generation);
      } catch (error) {
        await host.stop().catch(() => undefined); // the first error is the one to show
        throw error;
      }
    } catch (error) {
      this.state.set({ phase: "failed", error: asHostError(error) });
    }
  }

  /** Resolves when the page shows what the host says about itself now. */
  refresh(): Promise<void> {
    return this.#refresher?.now() ?? Promise.resolve();
  }

  /** Tells screen readers, without moving the focus. */
  announce(text: string): void {
    this.announcement.set(text);
  }

  /** Calls the listener with everything that this tab's hosts tell, until the returned function is called. */
  onMessage(listener: (message: WatchMessage) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async #run(host: HostClient, generation: number): Promise<void> {
    const [description, environment, choices] = await Promise.all([
      host.describe(),
      host.environment(),
      host.providerChoices(),
    ]);
    this.#show({ phase: "running", host, description, environment, choices, http: { phase: "off" } });
    const serving = new HttpServing(host, () => refresher.soon());
    const refresher = new Refresher(() => this.#read(host, serving), refreshGapMs);
    this.#refresher = refresher;
    const poll = setInterval(() => refresher.soon(), pollMs);
    const unwatch = host.watch((message) => {
      if (message.kind === "event") this.names.learnFrom(message.event);
      for (const listener of this.#listeners) listener(message);
      if (message.kind === "lattice") return;
      this.feed.push(message);
      if (message.kind !== "log") refresher.soon();
    });
    window.weblattice = { host };
    refresher.soon(); // something may have happened between describing and watching
    void host.gone.then((error) => {
      clearInterval(poll);
      unwatch();
      refresher.close();
      if (generation !== this.#generation) return;
      delete window.weblattice;
      this.state.set({ phase: "gone", ...(error === undefined ? {} : { error: asHostError(error) }) });
    });
  }

  async #read(host: HostClient, serving: HttpServing): Promise<void> {
    try {
      const description = await host.describe();
      const http = await serving.state(description);
      const current = this.state.value;
      if (current.phase !== "running" || current.host !== host) return;
      const { stale: _, ...fresh } = current;
      this.#show({ ...fresh, description, http });
    } catch (error) {
      const current = this.state.value;
      if (current.phase !== "running" || current.host !== host) return;
      const since = current.stale?.since ?? Date.now();
      this.state.set({ ...current, stale: { since, error: asHostError(error) } });
    }
  }

  #show(state: RunningHost): void {
    this.names.learnAll(state.description);
    this.state.set(state);
  }
}

/** A host that comes up after the deadline is stopped again: nobody waits for it any more. */
async function startWithin(options: StartOptions, deadlineMs: number): Promise<HostClient> {
  const starting = createHostClient(options);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      starting.then((late) => late.stop()).catch(() => undefined); // its failure changes nothing now
      reject(
        new HostError("host.not_started", `The host did not start within ${deadlineMs / 1000} seconds.`, {
          hint: "Try again; if it fails again, close other tabs that run a host, or reload the page.",
        }),
      );
    }, deadlineMs);
  });
  try {
    return await Promise.race([starting, deadline]);
  } finally {
    clearTimeout(timer);
  }
}
