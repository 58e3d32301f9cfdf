import type { ControlledHost } from "../control/index.ts";
import { type CallRecord, Dispatcher } from "../dispatch/index.ts";
import { asHostError, HostError, toErrorRecord } from "../errors/index.ts";
import type { LatticeState } from "../events/index.ts";
import { KeyPair } from "../keys/index.ts";
import {
  type ConnectionStatus,
  connectNats,
  LatticeCache,
  type LatticeConnection,
  type LatticeRpc,
  type LinkDefinition,
  type NatsOptions,
} from "../lattice/index.ts";
import { EXTRAS_PROVIDER, ExtrasProvider } from "../providers/index.ts";
import { Counters, Logger, type LogRecord } from "../telemetry/index.ts";
import { ActorManager } from "./actor-manager.ts";
import type { CoreServices } from "./core-services.ts";
import type { ActorDescription, HostDescription, LatticeDescription } from "./description.ts";
import { EventBus, type HostEventListener } from "./event-bus.ts";
import { fetchModule } from "./fetch-module.ts";
import { type HostOptions, type ResolvedHostOptions, resolveHostOptions } from "./host-options.ts";
import { type LatticeConnections, LatticeMembership } from "./lattice-membership.ts";
import { LinkManager } from "./link-manager.ts";
import { ProviderManager, type ProviderStart } from "./provider-manager.ts";

/** Where and how to join a lattice. */
export interface JoinOptions extends NatsOptions {
  /** Namespace prefix of the lattice; default that of the host. */
  readonly namespace?: string;
}

/**
 * A wasmCloud host: runs actors and providers, links them, and is a member of a lattice if it is told to.
 * Protocol section 11.1. Its identity is made at start.
 */
export class Host {
  readonly #options: ResolvedHostOptions;
  readonly #services: CoreServices;
  readonly #actors: ActorManager;
  readonly #providers: ProviderManager;
  readonly #links: LinkManager;
  #phase: "new" | "started" | "stopped" = "new";
  #key: KeyPair | undefined;
  #startedAt = 0;
  #heartbeat: number | undefined;
  #membership: LatticeMembership | undefined;
  #connection: LatticeConnection | undefined;
  #lattice: LatticeDescription;
  /** Joining, leaving and stopping happen one after the other. */
  #transition: Promise<void> = Promise.resolve();

  /** Usually made by `HostBuilder`. @throws HostError `input.invalid`. */
  constructor(options: HostOptions) {
    this.#options = resolveHostOptions(options);
    const { limits, now, authorizer, runtime, namespace, logSinks } = this.#options;
    const logger = new Logger(logSinks, "host", now);
    const events = new EventBus(logger, now);
    const cache = new LatticeCache();
    const counters = new Counters();
    const onCall = (call: CallRecord): void => events.emit({ type: "call", call });
    const { callDeadlineMs, rpcTimeoutMs, payloadBytes } = limits;
    const dispatcher = new Dispatcher({
      cache,
      authorizer,
      counters,
      now,
      callDeadlineMs,
      rpcTimeoutMs,
      payloadBytes,
      onCall,
    });
    const announce = (tell: (rpc: LatticeRpc) => void): void => this.#announce(tell);
    this.#services = {
      runtime,
      cache,
      dispatcher,
      authorizer,
      events,
      logger,
      counters,
      limits,
      now,
      announce,
    };
    this.#actors = new ActorManager(this.#services);
    this.#providers = new ProviderManager(this.#services);
    this.#links = new LinkManager(this.#services, (id, linkName) => this.#providers.find(id, linkName));
    this.#lattice = { state: "standalone", namespace, since: now() };
  }

  /** The host's `N…` key. @throws HostError `host.not_started`. */
  get id(): string {
    return this.#started().publicKey;
  }

  /**
   * Makes the host's identity, starts the built-in provider, and joins the planes it was built with.
   *
   * @throws HostError `host.stopped` after `stop`, or why a plane could not be joined; the host is stopped then.
   */
  async start(): Promise<void> {
    if (this.#phase === "started") return;
    if (this.#phase === "stopped") throw stopped();
    this.#key = await KeyPair.generate("server");
    this.#phase = "started";
    this.#startedAt = this.#services.now();
    this.#providers.start({ descriptor: EXTRAS_PROVIDER, provider: new ExtrasProvider(), onLattice: false });
    this.#heartbeat = setInterval(() => void this.#beat(), this.#options.limits.heartbeatMs);
    const { connections, namespace } = this.#options;
    try {
      if (connections.rpc !== undefined || connections.control !== undefined) {
        await this.#inTurn(() => this.#enter(connections, namespace));
      }
    } catch (error) {
      await this.stop();
      throw error;
    }
    this.#services.events.emit({ type: "host_started" });
  }

  /**
   * Leaves the lattice and stops everything. A stopped host cannot be started again. Twice is fine.
   */
  async stop(): Promise<void> {
    if (this.#phase === "stopped") return this.#transition;
    const wasStarted = this.#phase === "started";
    this.#phase = "stopped";
    clearInterval(this.#heartbeat);
    await this.#inTurn(async () => {
      if (wasStarted) this.#services.events.emit({ type: "host_stopped" });
      await this.#exit();
      await this.#actors.close();
      await this.#providers.close();
      await this.#options.runtime.close();
      this.#services.events.clear();
    });
  }

  /**
   * Connects to a lattice and joins both planes. Everything that runs here is announced and callable from then on.
   *
   * @throws HostError `lattice.connect_failed` and others of the connection; the host is standalone then.
   *   `host.unsupported` if it is a member already.
   */
  async joinLattice(options: JoinOptions): Promise<void> {
    this.#started();
    await this.#inTurn(async () => {
      if (this.#membership !== undefined) {
        throw new HostError("host.unsupported", "The host is a member of a lattice already", {
          hint: "Leave it first.",
        });
      }
      const { namespace = this.#options.namespace, ...nats } = options;
      const { logger, counters } = this.#services;
      this.#setLattice("connecting", namespace);
      try {
        this.#connection = await connectNats({
          name: `weblattice ${this.id}`,
          logger: logger.scoped("lattice"),
          counters,
          ...nats,
        });
        await this.#enter({ rpc: this.#connection, control: this.#connection }, namespace);
      } catch (error) {
        await this.#exit(asHostError(error, "lattice.connect_failed"));
        throw asHostError(error, "lattice.connect_failed");
      }
      this.#services.events.emit({ type: "host_started" });
      this.#tellOwnState();
    });
  }

  /** Leaves the lattice: everything goes on running, for this host alone. Nothing happens if it is standalone. */
  async leaveLattice(): Promise<void> {
    this.#started();
    await this.#inTurn(async () => {
      if (this.#membership === undefined) return;
      this.#services.events.emit({ type: "host_stopped" });
      await this.#exit();
    });
  }

  /**
   * Starts an actor from the bytes of a signed module.
   *
   * @param reference - where it came from, for inventories.
   * @throws HostError why it was refused (`module.…`, `claims.…`, `jwt.…`, `actor.…`); nothing is left running then.
   */
  async startActor(module: Uint8Array, reference?: string): Promise<ActorDescription> {
    this.#started();
    const description = await this.#actors.start(module, reference);
    await this.#links.evaluateActor(description.key);
    return description;
  }

  /**
   * Fetches a signed module from an `http(s)` address and starts it.
   *
   * @throws HostError `module.fetch_failed`, and as {@link startActor}.
   */
  async startActorFrom(reference: string): Promise<ActorDescription> {
    this.#started();
    let module: Uint8Array;
    try {
      module = await fetchModule(reference, this.#options.limits.moduleBytes);
    } catch (error) {
      this.#actors.reportFetchFailure(reference, asHostError(error));
      throw error;
    }
    return this.startActor(module, reference);
  }

  /** @param actor - key or reference. @throws HostError `actor.not_running`. */
  async stopActor(actor: string): Promise<void> {
    this.#started();
    await this.#actors.stop(this.#services.cache.resolveReference(actor));
  }

  /** @throws HostError `provider.already_running`, `keys.invalid`, `link.invalid`. */
  async startProvider(start: ProviderStart): Promise<void> {
    this.#started();
    const instance = this.#providers.start(start);
    await this.#links.evaluateProvider(instance.descriptor.id, instance.linkName);
  }

  /** @throws HostError `provider.not_running`. */
  async stopProvider(id: string, linkName: string): Promise<void> {
    this.#started();
    await this.#providers.stop(id, linkName);
  }

  /**
   * Links an actor to a provider, whether they are here, elsewhere, or not yet started.
   *
   * @throws HostError `link.invalid`, `link.capability_missing`.
   */
  async setLink(link: LinkDefinition): Promise<void> {
    this.#started();
    await this.#links.set(link);
  }

  /** @throws HostError `link.not_found`. */
  async removeLink(actorId: string, contractId: string, linkName: string): Promise<void> {
    this.#started();
    await this.#links.remove(actorId, contractId, linkName);
  }

  /**
   * Calls an actor, here or on the lattice, with the host as origin.
   *
   * @param actor - its key or call alias.
   * @throws HostError `dispatch.no_target`, `dispatch.invocation_failed`.
   */
  async callActor(actor: string, operation: string, payload: Uint8Array): Promise<Uint8Array> {
    this.#started();
    return this.#services.dispatcher.callFromHost(actor, operation, payload);
  }

  /** The newest console lines of an actor. @throws HostError `actor.not_running`. */
  actorLog(key: string): LogRecord[] {
    return this.#actors.log(key);
  }

  /** Calls the listener with everything that happens, until the returned function is called or the host stops. */
  onEvent(listener: HostEventListener): () => void {
    return this.#services.events.listen(listener);
  }

  /** Everything that can be shown. @throws HostError `host.not_started`. */
  async describe(): Promise<HostDescription> {
    return {
      id: this.id,
      startedAt: this.#startedAt,
      labels: this.#options.labels,
      hostCalls: await this.#options.runtime.hostCalls(),
      lattice: this.#lattice,
      actors: this.#actors.describe(),
      providers: this.#providers.describe(),
      links: this.#links.describe(),
      counters: this.#services.counters.snapshot(),
      limits: this.#options.limits,
    };
  }

  async #enter(connections: LatticeConnections, namespace: string): Promise<void> {
    const membership = new LatticeMembership({
      connections,
      namespace,
      key: this.#started(),
      services: this.#services,
      links: this.#links,
      host: this.#controlled(),
    });
    this.#membership = membership;
    await this.#services.dispatcher.connect(membership.rpc);
    await membership.ready();
    const connection = connections.rpc ?? connections.control;
    this.#setLattice("connected", namespace, connection);
    this.#unwatch = connection?.onStatus((status) => this.#follow(status, namespace, connection));
    this.#announceAll();
  }

  /** Tells the lattice what it may have missed: all of it on joining, and again after a lost connection. */
  #announceAll(): void {
    for (const claims of this.#actors.claims()) this.#services.announce((rpc) => rpc.announceClaims(claims));
    for (const link of this.#services.cache.allLinks()) {
      this.#services.announce((rpc) => rpc.announceLink(link));
    }
  }

  #unwatch: (() => void) | undefined;

  async #exit(error?: HostError): Promise<void> {
    const { namespace } = this.#lattice;
    this.#unwatch?.();
    const [membership, connection] = [this.#membership, this.#connection];
    this.#membership = this.#connection = this.#unwatch = undefined;
    await this.#services.dispatcher.connect(undefined);
    await membership?.close();
    await connection?.close();
    if (this.#lattice.state !== "standalone") this.#setLattice("standalone", namespace, undefined, error);
  }

  #announce(tell: (rpc: LatticeRpc) => void): void {
    const rpc = this.#membership?.rpc;
    if (rpc === undefined) return;
    try {
      tell(rpc);
    } catch (error) {
      // What cannot be told now is told when the connection is back.
      const { code, message } = asHostError(error);
      this.#services.counters.add("lattice.unannounced");
      if (code !== "lattice.not_connected") {
        this.#services.logger.warn(`Failed to advertise to message bus: ${message}`, { code });
      }
    }
  }

  #follow(status: ConnectionStatus, namespace: string, connection: LatticeConnection): void {
    if (status.type === "error") {
      this.#lattice = { ...this.#lattice, error: toErrorRecord(status.error) };
    } else if (status.type === "closed") {
      void this.#inTurn(() => this.#exit(status.error)).catch((error: unknown) => {
        this.#services.logger.error(`Leaving a closed lattice failed: ${asHostError(error).message}`);
      });
    } else {
      const state = status.type === "connected" ? "connected" : "reconnecting";
      if (state === this.#lattice.state) return;
      this.#setLattice(state, namespace, connection);
      if (state === "connected") this.#announceAll();
    }
  }

  #setLattice(
    state: LatticeState,
    namespace: string,
    connection?: LatticeConnection,
    error?: HostError,
  ): void {
    this.#lattice = {
      state,
      namespace,
      since: this.#services.now(),
      ...(connection === undefined
        ? {}
        : { server: connection.server, serverVersion: connection.serverVersion }),
      ...(error === undefined ? {} : { error: toErrorRecord(error) }),
    };
    this.#services.events.emit({
      type: "lattice_changed",
      state,
      ...(error === undefined ? {} : { reason: error.message }),
    });
  }

  /** What was started before the lattice was joined, for those who follow its events. */
  #tellOwnState(): void {
    const { events } = this.#services;
    for (const { key, name, reference } of this.#actors.describe()) {
      events.emit({
        type: "actor_started",
        actor: key,
        name,
        ...(reference === undefined ? {} : { reference }),
      });
    }
    for (const { id, contractId, linkName, name, onLattice } of this.#providers.describe()) {
      if (onLattice) events.emit({ type: "provider_started", provider: id, contractId, linkName, name });
    }
  }

  async #beat(): Promise<void> {
    const states = await Promise.all([this.#actors.checkHealth(), this.#providers.checkHealth()]);
    if (this.#phase === "started") {
      this.#services.events.emit({ type: "heartbeat", states: Object.fromEntries(states.flat()) });
    }
  }

  #controlled(): ControlledHost {
    const { cache, now } = this.#services;
    return {
      id: this.id,
      uptimeSeconds: () => Math.floor((now() - this.#startedAt) / 1_000),
      inventory: () => ({
        labels: this.#options.labels,
        actors: this.#actors.describe().map((actor) => ({ ...actor, id: actor.key })),
        providers: this.#providers.describe(),
      }),
      knownClaims: () => cache.allClaims(),
      knownLinks: () => cache.allLinks(),
      resolveReference: (reference) => cache.resolveReference(reference),
      isActorRunning: (key) => this.#actors.isRunning(key),
      startActorFrom: (reference) => this.startActorFrom(reference),
      stopActor: (key) => this.#actors.stop(key),
    };
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    const done = this.#transition.then(work);
    this.#transition = done.catch(() => undefined);
    return done;
  }

  #started(): KeyPair {
    if (this.#phase === "stopped") throw stopped();
    if (this.#key !== undefined) return this.#key;
    throw new HostError("host.not_started", "Activity cannot be performed, host has not been started");
  }
}

function stopped(): HostError {
  return new HostError("host.stopped", "The host was stopped", { hint: "Make a new one." });
}
