import type {
  ActorDescription,
  ActorStartOptions,
  ErrorRecord,
  HostDescription,
  HostEvent,
  LinkDefinition,
  LogRecord,
} from "../src/index.ts";
import type { Environment } from "./environment.ts";

/** How a host in this tab is started. */
export interface StartOptions {
  /** Labels besides the core ones. */
  readonly labels?: Readonly<Record<string, string>>;
  /**
   * The ways a guest may wait for host calls. Default all but `asyncify`, which loads a tool of 15 MB and takes a second
   * or more for each new module.
   */
  readonly hostCalls?: readonly ("jspi" | "shared-memory" | "asyncify")[];
  /** Overrides of the default limits. */
  readonly limits?: Readonly<Record<string, number>>;
}

/** Where and how to join a lattice. */
export interface JoinOptions {
  /** `ws://` or `wss://` addresses. */
  readonly servers: readonly string[];
  /** The lattice's namespace prefix; default `default`. */
  readonly namespace?: string;
  /** The text of a NATS credentials file. */
  readonly credentials?: string;
}

/** A finished call of the console. */
export interface CallOutcome {
  readonly reply: Uint8Array;
  readonly durationMs: number;
}

/** A kind of provider the tab can start. */
export interface ProviderChoice {
  /** The name to start it by. */
  readonly kind: string;
  readonly id: string;
  readonly contractId: string;
  readonly title: string;
  readonly description: string;
}

/** Success or failure as plain data: comlink would drop an error's fields. */
export type Outcome<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: ErrorRecord };

/**
 * What the page can ask of the host worker. Each call is answered by an {@link Outcome}; the page uses
 * `HostClient`, which turns failures back into errors and ends waiting calls when the worker dies.
 */
export interface HostApi {
  start(options: StartOptions): Promise<Outcome<HostDescription>>;
  describe(): Promise<Outcome<HostDescription>>;
  environment(): Promise<Outcome<Environment>>;
  /** Streams events and log lines until the port is closed. Several streams may be open. */
  watch(port: MessagePort): Promise<Outcome<void>>;
  startActor(module: Uint8Array, options?: ActorStartOptions): Promise<Outcome<ActorDescription>>;
  startActorFrom(url: string, options?: ActorStartOptions): Promise<Outcome<ActorDescription>>;
  stopActor(key: string): Promise<Outcome<void>>;
  providerChoices(): Promise<Outcome<readonly ProviderChoice[]>>;
  startProvider(kind: string, linkName?: string): Promise<Outcome<void>>;
  stopProvider(id: string, linkName: string): Promise<Outcome<void>>;
  setLink(link: LinkDefinition): Promise<Outcome<void>>;
  removeLink(actorId: string, contractId: string, linkName: string): Promise<Outcome<void>>;
  /** @param target - an actor's key or call alias. */
  call(target: string, operation: string, payload: Uint8Array): Promise<Outcome<CallOutcome>>;
  actorLog(key: string): Promise<Outcome<readonly LogRecord[]>>;
  join(options: JoinOptions): Promise<Outcome<void>>;
  leave(): Promise<Outcome<void>>;
  stop(): Promise<Outcome<void>>;
}

/** What a watcher receives. */
export type WatchMessage =
  | { readonly kind: "event"; readonly event: HostEvent }
  | { readonly kind: "log"; readonly record: LogRecord }
  /** Events that came too fast and were left out since the last message. */
  | { readonly kind: "skipped"; readonly count: number };
