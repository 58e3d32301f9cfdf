import type {
  ActorDescription,
  ActorStartOptions,
  ErrorRecord,
  HostDescription,
  HostEvent,
  HostInventory,
  LinkDefinition,
  LinkValueFact,
  LogRecord,
  ManifestFormat,
  ProviderGrants,
  PublishedEvent,
  TerminalTarget,
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
  /** Registries that are reached through a proxy, since they do not allow this page's origin. Default: none. */
  readonly registryProxy?: {
    /** Its whole address. */
    readonly address: string;
    /** As `host:port`. */
    readonly registries: readonly string[];
  };
  /** What the paths of actors begin with that serve HTTP; default `/http`. See `serveHttp`. */
  readonly httpBase?: string;
}

/** Where and how to join a lattice. */
export interface JoinOptions {
  /** `ws://` or `wss://` addresses. */
  readonly servers: readonly string[];
  /** The lattice's namespace prefix; default `default`. */
  readonly namespace?: string;
  /** The text of a NATS credentials file. */
  readonly credentials?: string;
  /** Replicates the lattice cache; default true. Its subjects carry no namespace. */
  readonly replicate?: boolean;
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
  /** What it reads from its links. */
  readonly linkValues: readonly LinkValueFact[];
}

/** An item of a manifest that could not be applied. */
export interface ItemFailure {
  readonly item: string;
  readonly error: ErrorRecord;
}

/** An exported manifest. */
export interface ManifestText {
  readonly text: string;
  /** What it cannot bring back, item by item. */
  readonly omitted: readonly string[];
}

/** A host of the lattice. */
export interface LatticeHost {
  readonly id: string;
  readonly uptimeSeconds: number;
  /** Absent if the host did not tell. */
  readonly inventory?: HostInventory;
}

/** Where an actor is served. */
export interface HttpRoute {
  /** The actor's key. */
  readonly actor: string;
  /** What the path begins with. */
  readonly path: string;
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
  /** @param reference - an `http(s)` address or an image reference. */
  startActorFrom(reference: string, options?: ActorStartOptions): Promise<Outcome<ActorDescription>>;
  updateActor(key: string, module: Uint8Array): Promise<Outcome<ActorDescription>>;
  updateActorFrom(key: string, reference: string): Promise<Outcome<ActorDescription>>;
  stopActor(key: string): Promise<Outcome<void>>;
  providerChoices(): Promise<Outcome<readonly ProviderChoice[]>>;
  /**
   * @param reference - a choice's `kind`, an image reference, or the address of an archive.
   * @param grants - what one from an archive may reach; default nothing.
   */
  startProviderFrom(reference: string, linkName?: string, grants?: ProviderGrants): Promise<Outcome<void>>;
  startProviderArchive(
    archive: Uint8Array,
    linkName?: string,
    grants?: ProviderGrants,
  ): Promise<Outcome<void>>;
  stopProvider(id: string, linkName: string): Promise<Outcome<void>>;
  setLink(link: LinkDefinition): Promise<Outcome<void>>;
  removeLink(actorId: string, contractId: string, linkName: string): Promise<Outcome<void>>;
  /** @param target - an actor's key or call alias. */
  call(target: string, operation: string, payload: Uint8Array): Promise<Outcome<CallOutcome>>;
  /** Opens a terminal; its text goes over the port, both ways. */
  openTerminal(
    target: TerminalTarget,
    port: MessagePort,
  ): Promise<Outcome<{ readonly id: string; readonly actor: string }>>;
  actorLog(key: string): Promise<Outcome<readonly LogRecord[]>>;
  join(options: JoinOptions): Promise<Outcome<void>>;
  leave(): Promise<Outcome<void>>;
  /** Paths of this origin that actors are served at, if a service worker hands the requests over. */
  httpRoutes(): Promise<Outcome<readonly HttpRoute[]>>;
  /** For `serveHttp`: a port to the service worker. */
  connectHttp(port: MessagePort, as: { readonly id: string; readonly base: string }): Promise<Outcome<void>>;
  disconnectHttp(): Promise<Outcome<void>>;
  /** Applies the text of a manifest; files that it names are not found here. */
  applyManifest(text: string, format: ManifestFormat): Promise<Outcome<readonly ItemFailure[]>>;
  /** What runs here and all links with their values, as a manifest. */
  exportManifest(format: ManifestFormat): Promise<Outcome<ManifestText>>;
  /** The hosts of the lattice with what runs on them, this one included; those that do not answer in time are left out. */
  latticeHosts(): Promise<Outcome<readonly LatticeHost[]>>;
  // Commands to any host of the lattice; success means that the host took it, what becomes of it is told by events.
  startActorOn(hostId: string, reference: string): Promise<Outcome<void>>;
  stopActorOn(hostId: string, reference: string): Promise<Outcome<void>>;
  updateActorOn(hostId: string, actorId: string, newReference: string): Promise<Outcome<void>>;
  startProviderOn(hostId: string, reference: string, linkName: string): Promise<Outcome<void>>;
  stopProviderOn(
    hostId: string,
    reference: string,
    linkName: string,
    contractId: string,
  ): Promise<Outcome<void>>;
  /** Keys of the hosts that would start an actor, in the order of their bids. */
  auctionActor(
    reference: string,
    constraints: Readonly<Record<string, string>>,
  ): Promise<Outcome<readonly string[]>>;
  auctionProvider(
    reference: string,
    linkName: string,
    constraints: Readonly<Record<string, string>>,
  ): Promise<Outcome<readonly string[]>>;
  stop(): Promise<Outcome<void>>;
}

/** What a watcher receives. */
export type WatchMessage =
  | { readonly kind: "event"; readonly event: HostEvent }
  | { readonly kind: "log"; readonly record: LogRecord }
  /** What another host told the lattice, heartbeats left out. Nothing vouches for it. */
  | { readonly kind: "lattice"; readonly event: PublishedEvent }
  /** Events that came too fast and were left out since the last message. */
  | { readonly kind: "skipped"; readonly count: number };
