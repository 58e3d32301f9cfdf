import type { ControlledHost } from "../control/index.ts";
import { type CallRecord, Dispatcher } from "../dispatch/index.ts";
import { asHostError, HostError, messageOf } from "../errors/index.ts";
import type { HostEventBody } from "../events/index.ts";
import { KeyPair } from "../keys/index.ts";
import { LatticeCache, type LinkDefinition } from "../lattice/index.ts";
import { EXTRAS_PROVIDER, ExtrasProvider } from "../providers/index.ts";
import { Counters, Logger, type LogRecord } from "../telemetry/index.ts";
import { ActorManager } from "./actor-manager.ts";
import type { ActorStartOptions } from "./actor-start-options.ts";
import type { CoreServices } from "./core-services.ts";
import type { ActorDescription, HostDescription } from "./description.ts";
import { EventBus, type HostEventListener } from "./event-bus.ts";
import { fetchModule } from "./fetch-module.ts";
import { type HostOptions, type ResolvedHostOptions, resolveHostOptions } from "./host-options.ts";
import { hostStopped } from "./host-stopped.ts";
import { type JoinOptions, LatticeSeat } from "./lattice-seat.ts";
import { LinkManager } from "./link-manager.ts";
import { ProviderManager, type ProviderStart } from "./provider-manager.ts";

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
  readonly #seat: LatticeSeat;
  #phase: "new" | "started" | "stopped" = "new";
  #key: KeyPair | undefined;
  #startedAt = 0;
  #heartbeat: number | undefined;
  #starting: Promise<void> | undefined;
  #stopping: Promise<void> | undefined;

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
    const announce: CoreServices["announce"] = (tell) => this.#seat.announce(tell);
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
    this.#seat = new LatticeSeat({
      services: this.#services,
      links: this.#links,
      namespace,
      key: () => this.#started(),
      host: () => this.#controlled(),
      announceAll: () => this.#announceAll(),
      arrival: () => this.#arrival(),
    });
  }

  /** The host's `N…` key. @throws HostError `host.not_started`. */
  get id(): string {
    return this.#started().publicKey;
  }

  /**
   * Makes the host's identity, starts the built-in provider, and joins the planes it was built with. Twice is fine.
   *
   * @throws HostError `host.stopped` after `stop`, or why a plane could not be joined; the host is stopped then.
   */
  async start(): Promise<void> {
    if (this.#phase === "stopped") throw hostStopped();
    this.#starting ??= this.#start();
    await this.#starting;
  }

  /**
   * Leaves the lattice and stops everything. A stopped host cannot be started again. Twice is fine.
   */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  /**
   * Connects to a lattice and joins both planes. Everything that runs here is announced and callable from then on.
   *
   * @throws HostError `lattice.connect_failed` and others of the connection; the host is standalone then.
   *   `host.unsupported` if it is a member already.
   */
  async joinLattice(options: JoinOptions): Promise<void> {
    this.#started();
    await this.#seat.join(options);
  }

  /** Leaves the lattice: everything goes on running, for this host alone. Nothing happens if it is standalone. */
  async leaveLattice(): Promise<void> {
    this.#started();
    await this.#seat.leave();
  }

  /**
   * Starts an actor from the bytes of a signed module.
   *
   * @throws HostError why it was refused (`module.…`, `claims.…`, `jwt.…`, `actor.…`); nothing is left running then.
   */
  async startActor(module: Uint8Array, options: ActorStartOptions = {}): Promise<ActorDescription> {
    this.#started();
    const description = await this.#actors.start(module, options);
    await this.#links.evaluateActor(description.key);
    return description;
  }

  /**
   * Fetches a signed module from an `http(s)` address and starts it.
   *
   * @throws HostError `module.fetch_failed`, and as {@link startActor}.
   */
  async startActorFrom(
    reference: string,
    options: Omit<ActorStartOptions, "reference"> = {},
  ): Promise<ActorDescription> {
    this.#started();
    let module: Uint8Array;
    try {
      module = await fetchModule(reference, this.#options.limits.moduleBytes);
    } catch (error) {
      this.#actors.reportFetchFailure(reference, asHostError(error));
      throw error;
    }
    return this.startActor(module, { ...options, reference });
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
      lattice: this.#seat.description,
      actors: this.#actors.describe(),
      providers: this.#providers.describe(),
      links: this.#links.describe(),
      counters: this.#services.counters.snapshot(),
      limits: this.#options.limits,
    };
  }

  /** Tells the lattice what it may have missed: all of it on joining, and again after a lost connection. */
  #announceAll(): void {
    for (const claims of this.#actors.claims()) this.#services.announce((rpc) => rpc.announceClaims(claims));
    for (const link of this.#services.cache.allLinks()) {
      this.#services.announce((rpc) => rpc.announceLink(link));
    }
  }

  async #start(): Promise<void> {
    const key = await KeyPair.generate("server");
    this.#requireNotStopped();
    this.#key = key;
    this.#phase = "started";
    this.#startedAt = this.#services.now();
    this.#providers.start({ descriptor: EXTRAS_PROVIDER, provider: new ExtrasProvider(), onLattice: false });
    this.#heartbeat = setInterval(() => void this.#beat(), this.#options.limits.heartbeatMs);
    const { connections } = this.#options;
    try {
      if (connections.rpc !== undefined || connections.control !== undefined) {
        await this.#seat.enter(connections);
        this.#requireNotStopped();
      }
    } catch (error) {
      await this.stop();
      throw error;
    }
    this.#services.events.emit({ type: "host_started" });
    this.#logHostCalls();
  }

  /** Found out in a worker, which takes a while: nobody waits for it. */
  #logHostCalls(): void {
    const { runtime, logger } = this.#services;
    runtime.hostCalls().then(
      (name) => logger.debug(`Guests wait for host calls by: ${name}`),
      (error: unknown) => logger.warn(`No way to wait for host calls: ${messageOf(error)}`),
    );
  }

  async #stop(): Promise<void> {
    const wasStarted = this.#phase === "started";
    this.#phase = "stopped";
    clearInterval(this.#heartbeat);
    await this.#seat.leave();
    await this.#actors.close();
    await this.#providers.close();
    await this.#options.runtime.close();
    if (wasStarted) this.#services.events.emit({ type: "host_stopped" });
    this.#services.events.clear();
  }

  /** What a lattice that is joined later has not heard of. The extras are never told, as by first-party hosts. */
  #arrival(): HostEventBody[] {
    const actors = this.#actors.describe().map(
      ({ key, name, reference }): HostEventBody => ({
        type: "actor_started",
        actor: key,
        name,
        ...(reference === undefined ? {} : { reference }),
      }),
    );
    const providers = this.#providers
      .describe()
      .filter(({ onLattice }) => onLattice)
      .map(
        ({ id, contractId, linkName, name }): HostEventBody => ({
          type: "provider_started",
          provider: id,
          contractId,
          linkName,
          name,
        }),
      );
    return [{ type: "host_started" }, ...actors, ...providers];
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

  #started(): KeyPair {
    this.#requireNotStopped();
    if (this.#key !== undefined) return this.#key;
    throw new HostError("host.not_started", "Activity cannot be performed, host has not been started");
  }

  #requireNotStopped(): void {
    if (this.#phase === "stopped") throw hostStopped();
  }
}
