import { transfer } from "comlink";
import { asHostError, HostError, type TerminalTarget } from "../src/index.ts";
import type { HostApi, Outcome, StartOptions, WatchMessage } from "./host-api.ts";
import { HostWorker } from "./host-worker-link.ts";
import type { TerminalSession } from "./terminal/terminal-session.ts";

/** What is asked of the host worker as it is, each with one answer. */
type Request = Exclude<keyof HostApi, "start" | "watch" | "openTerminal" | "stop">;

type Answered<Call> = Call extends (...args: infer Args) => Promise<Outcome<infer Value>>
  ? (...args: Args) => Promise<Value>
  : never;

/**
 * The host of this tab, as the page sees it: the requests of {@link HostApi}. Every method rejects with a `HostError`
 * on failure, also when the host worker dies or does not answer in time.
 */
export type HostClient = { readonly [Name in Request]: Answered<HostApi[Name]> } & {
  /** Calls the listener with every event and log line until the returned function is called. */
  watch(listener: (message: WatchMessage) => void): () => void;
  /**
   * Opens a terminal with an actor that is linked to `weblattice:telnet` here. Several may be open.
   *
   * @throws HostError `provider.not_running`, `link.not_found`, `provider.overloaded`, or why the actor refused it.
   */
  openTerminal(target?: TerminalTarget): Promise<TerminalSession>;
  /** Stops the host and ends its worker. Twice is fine. */
  stop(): Promise<void>;
  /** Settles when the worker is gone: undefined after `stop`, the error otherwise. */
  readonly gone: Promise<HostError | undefined>;
};

/** Milliseconds between the end of the actors' workers and that of the host's worker around them: at least, and each. */
const NESTED_END_MS = { least: 100, each: 10, most: 3_000 } as const;

/** Each request once; the type makes sure that none is missing. */
const REQUESTS: Readonly<Record<Request, true>> = {
  describe: true,
  environment: true,
  startActor: true,
  startActorFrom: true,
  updateActor: true,
  updateActorFrom: true,
  stopActor: true,
  providerChoices: true,
  startProviderFrom: true,
  startProviderArchive: true,
  stopProvider: true,
  setLink: true,
  removeLink: true,
  call: true,
  actorLog: true,
  join: true,
  leave: true,
  httpRoutes: true,
  connectHttp: true,
  disconnectHttp: true,
  applyManifest: true,
  exportManifest: true,
  latticeHosts: true,
  startActorOn: true,
  stopActorOn: true,
  updateActorOn: true,
  startProviderOn: true,
  stopProviderOn: true,
  auctionActor: true,
  auctionProvider: true,
};

/**
 * Starts a host in a worker of this page.
 *
 * @throws HostError when the worker or the host in it does not start; nothing is left running then.
 */
export async function createHostClient(options: StartOptions = {}): Promise<HostClient> {
  const worker = new HostWorker();
  const client = clientOf(worker);
  try {
    await worker.ask((api) => api.start(options));
    return client;
  } catch (error) {
    await client.stop();
    throw error;
  }
}

function clientOf(worker: HostWorker): HostClient {
  const requests = Object.fromEntries(
    Object.keys(REQUESTS).map((name) => [name, (...args: unknown[]) => worker.request(name, args)]),
  ) as { [Name in Request]: Answered<HostApi[Name]> };
  return {
    ...requests,
    watch: (listener) => watch(worker, listener),
    openTerminal: (target = {}) => openTerminal(worker, target),
    stop: () => stop(worker),
    gone: worker.gone,
  };
}

function watch(worker: HostWorker, listener: (message: WatchMessage) => void): () => void {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = (event: MessageEvent<WatchMessage[]>) => {
    for (const message of event.data) listener(message);
  };
  // A worker that is gone is told by `gone`; there is nothing more to watch then.
  worker.ask((api) => api.watch(transfer(port2, [port2]))).catch(() => port1.close());
  return () => {
    port1.onmessage = null;
    port1.postMessage("close");
    port1.close();
  };
}

async function openTerminal(worker: HostWorker, target: TerminalTarget): Promise<TerminalSession> {
  const { port1, port2 } = new MessageChannel();
  try {
    // Loaded here, since most pages open none.
    const { PageTerminal } = await import("./terminal/terminal-session.ts");
    const opened = await worker.ask((api) => api.openTerminal(target, transfer(port2, [port2])));
    const terminal = new PageTerminal(port1, opened);
    void worker.gone.then(() => terminal.end("The host has ended"));
    return terminal;
  } catch (error) {
    // Should it be opened after all, nobody is there.
    port1.postMessage({ kind: "close" });
    port1.close();
    throw asHostError(error);
  }
}

async function stop(worker: HostWorker): Promise<void> {
  if (worker.ended) return;
  const description = await worker.ask((api) => api.describe()).catch(() => undefined);
  const inside = description?.actors.reduce((sum, actor) => sum + actor.liveInstances, 0) ?? 0;
  // Whatever the host says, its worker and all workers in it end now.
  await worker.ask((api) => api.stop()).catch(() => undefined);
  // A worker that is ended while workers inside it are ending often stays for ever (Chromium 156), and nobody tells
  // when they have ended.
  const wait = Math.min(NESTED_END_MS.least + NESTED_END_MS.each * inside, NESTED_END_MS.most);
  await new Promise((resolve) => setTimeout(resolve, wait));
  worker.end(new HostError("host.stopped", "The host was stopped"), undefined);
}
