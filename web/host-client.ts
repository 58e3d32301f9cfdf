import { type Remote, transfer, wrap } from "comlink";
import {
  type ActorDescription,
  type ActorStartOptions,
  asHostError,
  fromErrorRecord,
  type HostDescription,
  HostError,
  type LinkDefinition,
  type LogRecord,
} from "../src/index.ts";
import type { Environment } from "./environment.ts";
import type {
  CallOutcome,
  HostApi,
  JoinOptions,
  Outcome,
  ProviderChoice,
  StartOptions,
  WatchMessage,
} from "./host-api.ts";

/**
 * The host of this tab, as the page sees it. Every method rejects with a `HostError` on failure, also when the host
 * worker dies or does not answer in time.
 */
export interface HostClient {
  describe(): Promise<HostDescription>;
  environment(): Promise<Environment>;
  /** Calls the listener with every event and log line until the returned function is called. */
  watch(listener: (message: WatchMessage) => void): () => void;
  startActor(module: Uint8Array, options?: ActorStartOptions): Promise<ActorDescription>;
  startActorFrom(url: string, options?: ActorStartOptions): Promise<ActorDescription>;
  stopActor(key: string): Promise<void>;
  providerChoices(): Promise<readonly ProviderChoice[]>;
  startProvider(kind: string, linkName?: string): Promise<void>;
  stopProvider(id: string, linkName: string): Promise<void>;
  setLink(link: LinkDefinition): Promise<void>;
  removeLink(actorId: string, contractId: string, linkName: string): Promise<void>;
  call(target: string, operation: string, payload: Uint8Array): Promise<CallOutcome>;
  actorLog(key: string): Promise<readonly LogRecord[]>;
  join(options: JoinOptions): Promise<void>;
  leave(): Promise<void>;
  /** Stops the host and ends its worker. Twice is fine. */
  stop(): Promise<void>;
  /** Settles when the worker is gone: undefined after `stop`, the error otherwise. */
  readonly gone: Promise<HostError | undefined>;
}

/** Milliseconds any one request may take: longer than the longest deadline inside the host. */
const DEADLINE_MS = 60_000;
/** Milliseconds between the end of the actors' workers and that of the host's worker around them: at least, and each. */
const NESTED_END_MS = { least: 100, each: 10, most: 3_000 } as const;

/**
 * Starts a host in a worker of this page.
 *
 * @throws HostError when the worker or the host in it does not start; nothing is left running then.
 */
export async function createHostClient(options: StartOptions = {}): Promise<HostClient> {
  const client = new WorkerHostClient();
  try {
    await client.start(options);
    return client;
  } catch (error) {
    await client.stop();
    throw error;
  }
}

class WorkerHostClient implements HostClient {
  readonly gone: Promise<HostError | undefined>;
  readonly #worker: Worker;
  readonly #api: Remote<HostApi>;
  readonly #waiting = new Set<(error: HostError) => void>();
  #settleGone: (error: HostError | undefined) => void = () => undefined;
  #ended: HostError | undefined;

  constructor() {
    this.gone = new Promise((resolve) => {
      this.#settleGone = resolve;
    });
    this.#worker = new Worker(new URL("./host-worker.ts", import.meta.url), { type: "module", name: "host" });
    this.#api = wrap<HostApi>(this.#worker);
    this.#worker.addEventListener("error", (event) => {
      const reason = event.message || "its script could not be loaded";
      const error = new HostError("host.stopped", `The host's worker failed: ${reason}`, {
        hint: "Start the host again.",
      });
      this.#end(error, error);
    });
  }

  start(options: StartOptions): Promise<HostDescription> {
    return this.#ask((api) => api.start(options));
  }

  describe(): Promise<HostDescription> {
    return this.#ask((api) => api.describe());
  }

  environment(): Promise<Environment> {
    return this.#ask((api) => api.environment());
  }

  watch(listener: (message: WatchMessage) => void): () => void {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = (event: MessageEvent<WatchMessage[]>) => {
      for (const message of event.data) listener(message);
    };
    // A worker that is gone is told by `gone`; there is nothing more to watch then.
    this.#ask((api) => api.watch(transfer(port2, [port2]))).catch(() => port1.close());
    return () => {
      port1.onmessage = null;
      port1.postMessage("close");
      port1.close();
    };
  }

  startActor(module: Uint8Array, options?: ActorStartOptions): Promise<ActorDescription> {
    return this.#ask((api) => api.startActor(module, options));
  }

  startActorFrom(url: string, options?: ActorStartOptions): Promise<ActorDescription> {
    return this.#ask((api) => api.startActorFrom(url, options));
  }

  stopActor(key: string): Promise<void> {
    return this.#ask((api) => api.stopActor(key));
  }

  providerChoices(): Promise<readonly ProviderChoice[]> {
    return this.#ask((api) => api.providerChoices());
  }

  startProvider(kind: string, linkName?: string): Promise<void> {
    return this.#ask((api) => api.startProvider(kind, linkName));
  }

  stopProvider(id: string, linkName: string): Promise<void> {
    return this.#ask((api) => api.stopProvider(id, linkName));
  }

  setLink(link: LinkDefinition): Promise<void> {
    return this.#ask((api) => api.setLink(link));
  }

  removeLink(actorId: string, contractId: string, linkName: string): Promise<void> {
    return this.#ask((api) => api.removeLink(actorId, contractId, linkName));
  }

  call(target: string, operation: string, payload: Uint8Array): Promise<CallOutcome> {
    return this.#ask((api) => api.call(target, operation, payload));
  }

  actorLog(key: string): Promise<readonly LogRecord[]> {
    return this.#ask((api) => api.actorLog(key));
  }

  join(options: JoinOptions): Promise<void> {
    return this.#ask((api) => api.join(options));
  }

  leave(): Promise<void> {
    return this.#ask((api) => api.leave());
  }

  async stop(): Promise<void> {
    if (this.#ended !== undefined) return;
    const description = await this.#ask((api) => api.describe()).catch(() => undefined);
    const inside = description?.actors.reduce((sum, actor) => sum + actor.liveInstances, 0) ?? 0;
    // Whatever the host says, its worker and all workers in it end now.
    await this.#ask((api) => api.stop()).catch(() => undefined);
    // A worker that is ended while workers inside it are ending often stays for ever (Chromium 156), and nobody tells
    // when they have ended.
    const wait = Math.min(NESTED_END_MS.least + NESTED_END_MS.each * inside, NESTED_END_MS.most);
    await new Promise((resolve) => setTimeout(resolve, wait));
    this.#end(new HostError("host.stopped", "The host was stopped"), undefined);
  }

  /** One request: ended by its answer, its deadline, or the end of the worker. */
  #ask<T>(request: (api: Remote<HostApi>) => Promise<Outcome<T>>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (this.#ended !== undefined) return reject(this.#ended);
      const settle = (): void => {
        clearTimeout(timer);
        this.#waiting.delete(fail);
      };
      const fail = (error: HostError): void => {
        settle();
        reject(error);
      };
      const timer = setTimeout(
        () => fail(new HostError("host.stopped", `The host did not answer within ${DEADLINE_MS} ms`)),
        DEADLINE_MS,
      );
      this.#waiting.add(fail);
      request(this.#api).then(
        (outcome) => {
          settle();
          if (outcome.ok) resolve(outcome.value);
          else reject(fromErrorRecord(outcome.error));
        },
        (error: unknown) => fail(asHostError(error)),
      );
    });
  }

  #end(reason: HostError, told: HostError | undefined): void {
    if (this.#ended !== undefined) return;
    this.#ended = reason;
    this.#worker.terminate();
    for (const fail of [...this.#waiting]) fail(reason);
    this.#settleGone(told);
  }
}
