import type {
  ActorDescription,
  HostDescription,
  LinkDefinition,
  LogRecord,
} from "../src/index.ts";
import type { Environment } from "./environment.ts";
import type { CallOutcome, JoinOptions, ProviderChoice, WatchMessage } from "./host-api.ts";

/**
 * The host of this tab, as the page sees it. Every method rejects with a `HostError` on failure, also when the host
 * worker dies or does not answer in time.
 */
export interface HostClient {
  describe(): Promise<HostDescription>;
  environment(): Promise<Environment>;
  /** Calls the listener with every event and log line until the returned function is called. */
  watch(listener: (message: WatchMessage) => void): () => void;
  startActor(module: Uint8Array, reference?: string): Promise<ActorDescription>;
  startActorFrom(url: string): Promise<ActorDescription>;
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
  readonly gone: Promise<Error | undefined>;
}
