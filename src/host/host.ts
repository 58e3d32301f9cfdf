import type { CallContext } from "../actors/index.ts";
import type { ActorClaims, VerifiedModule } from "../claims/index.ts";
import type { ControlClient } from "../control/index.ts";
import { HostError, messageOf } from "../errors/index.ts";
import { KeyPair } from "../keys/index.ts";
import { CachePersistence, type LinkDefinition } from "../lattice/index.ts";
import {
  type BuiltInProvider,
  EXTRAS_PROVIDER,
  ExtrasProvider,
  type ProviderGrants,
  type TelnetIo,
  type TelnetSession,
} from "../providers/index.ts";
import type { LogRecord } from "../telemetry/index.ts";
import type { HostCallAnswer, HostCallRequest } from "../wapc/index.ts";
import type { ActorStartOptions } from "./actor-start-options.ts";
import { assembleHost, type HostParts } from "./assemble.ts";
import { describeHost } from "./describe-host.ts";
import type { ActorDescription, HostDescription } from "./description.ts";
import type { HostEventListener } from "./event-bus.ts";
import { Heartbeat } from "./heartbeat.ts";
import { type HostOptions, type ResolvedHostOptions, resolveHostOptions } from "./host-options.ts";
import { hostStopped } from "./host-stopped.ts";
import type { JoinOptions } from "./lattice-seat.ts";
import type { ProviderPlace } from "./launcher.ts";
import type { Manifest } from "./manifest.ts";
import { type ApplyManifestOptions, applyManifest, type ManifestFailure } from "./manifest-application.ts";
import { exportManifest, type ManifestExport } from "./manifest-export.ts";
import type { ProviderStart } from "./provider-manager.ts";
import type { TerminalTarget } from "./terminals.ts";

/**
 * A wasmCloud host: runs actors and providers, links them, and is a member of a lattice if it is told to.
 * Protocol section 11.1. Its identity is given, or made at start.
 */
export class Host {
  readonly #options: ResolvedHostOptions;
  readonly #parts: HostParts;
  #phase: "new" | "started" | "stopped" = "new";
  #key: KeyPair | undefined;
  #startedAt = 0;
  #heartbeat: Heartbeat | undefined;
  #persistence: CachePersistence | undefined;
  #starting: Promise<void> | undefined;
  #stopping: Promise<void> | undefined;

  /** Usually made by `HostBuilder`. @throws HostError `input.invalid`. */
  constructor(options: HostOptions) {
    this.#options = resolveHostOptions(options);
    this.#parts = assembleHost(this.#options, {
      key: () => this.#identity(),
      startedAt: () => this.#startedAt,
    });
  }

  /** The host's `N…` key. @throws HostError `host.not_started`. */
  get id(): string {
    return this.#identity().publicKey;
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
    await this.#started().seat.join(options);
  }

  /** Leaves the lattice: everything goes on running, for this host alone. Nothing happens if it is standalone. */
  async leaveLattice(): Promise<void> {
    await this.#started().seat.leave();
  }

  /**
   * Drives the hosts of the lattice over the host's own connection, this host included. Ends with the membership.
   *
   * @throws HostError `lattice.not_connected` where the host is no member of a control plane.
   */
  get control(): ControlClient {
    return this.#started().seat.client;
  }

  /**
   * Starts an actor from the bytes of a signed module, or from one that the caller has verified and this host's runtime
   * brings along compiled.
   *
   * @throws HostError why it was refused (`module.…`, `claims.…`, `jwt.…`, `actor.…`); nothing is left running then.
   */
  async startActor(
    module: Uint8Array | VerifiedModule,
    options: ActorStartOptions = {},
  ): Promise<ActorDescription> {
    return this.#started().launcher.startActor(module, options);
  }

  /**
   * Fetches a signed module from an `http(s)` address or a registry, and starts it.
   *
   * @param reference - `https://example.com/echo.wasm`, or `registry.example.com/echo:0.2.1`.
   * @throws HostError `module.fetch_failed`, `registry.…`, and as {@link startActor}.
   */
  async startActorFrom(
    reference: string,
    options: Omit<ActorStartOptions, "reference"> = {},
  ): Promise<ActorDescription> {
    return this.#started().launcher.startActorFrom(reference, options);
  }

  /**
   * Replaces the module of a running actor by a higher revision of it. Calls wait meanwhile, and none is lost; if it
   * fails, the module before runs on. Protocol section 6.5.
   *
   * @throws HostError `actor.not_running`, `actor.update_refused`, `actor.updating`, and as {@link startActor}.
   */
  async updateActor(key: string, module: Uint8Array | VerifiedModule): Promise<ActorDescription> {
    return this.#started().launcher.updateActor(key, module);
  }

  /** As {@link updateActor}, with a module that is fetched as by {@link startActorFrom}. */
  async updateActorFrom(key: string, reference: string): Promise<ActorDescription> {
    return this.#started().launcher.updateActorFrom(key, reference);
  }

  /** @param actor - key or reference. @throws HostError `actor.not_running`. */
  async stopActor(actor: string): Promise<void> {
    await this.#started().actors.stop(this.#parts.services.cache.resolveReference(actor));
  }

  /** @throws HostError `provider.already_running`, `keys.invalid`, `link.invalid`. */
  async startProvider(start: ProviderStart): Promise<void> {
    await this.#started().launcher.startProvider(start);
  }

  /**
   * Starts a provider from the bytes of a signed archive, if it has a target that runs here. Protocol section 7.1.
   *
   * @throws HostError `archive.…`, `jwt.…`, `claims.…`, `provider.…`; `provider.not_granted` if it asks for more than
   *   it is granted.
   */
  async startProviderArchive(archive: Uint8Array, place: ProviderPlace = {}): Promise<void> {
    await this.#started().launcher.startProviderArchive(archive, place);
  }

  /**
   * Starts a provider by reference: the name or key of one that this host makes itself, an image reference, or the
   * `http(s)` address of an archive.
   *
   * @param grants - as in `ProviderPlace`, for archives.
   * @throws HostError `provider.not_found`, `module.fetch_failed`, `registry.…`, and as {@link startProviderArchive}.
   */
  async startProviderFrom(reference: string, linkName?: string, grants?: ProviderGrants): Promise<void> {
    await this.#started().launcher.startProviderFrom(reference, linkName, grants);
  }

  /** Providers that this host can make itself, to be started by their names. */
  get builtInProviders(): readonly BuiltInProvider[] {
    return this.#options.providers;
  }

  /** @throws HostError `provider.not_running`. */
  async stopProvider(id: string, linkName: string): Promise<void> {
    await this.#started().providers.stop(id, linkName);
  }

  /**
   * Links an actor to a provider, whether they are here, elsewhere, or not yet started.
   *
   * @throws HostError `link.invalid`, `link.capability_missing`.
   */
  async setLink(link: LinkDefinition): Promise<void> {
    await this.#started().links.set(link);
  }

  /** @throws HostError `link.not_found`. */
  async removeLink(actorId: string, contractId: string, linkName: string): Promise<void> {
    await this.#started().links.remove(actorId, contractId, linkName);
  }

  /**
   * Calls an actor, here or on the lattice, with the host as origin.
   *
   * @param actor - its key or call alias.
   * @throws HostError `dispatch.no_target`, `dispatch.invocation_failed`.
   */
  async callActor(actor: string, operation: string, payload: Uint8Array): Promise<Uint8Array> {
    return this.#started().services.dispatcher.callFromHost(actor, operation, payload);
  }

  /**
   * Opens a terminal with an actor that is linked to a provider of terminals on this host. It ends with the link, the
   * actor, the provider and the host, and `io.closed` is told why. Contracts document 7.5.
   *
   * @param io - where the actor's text goes; one that is more than 1,048,576 characters behind is closed.
   * @throws HostError `provider.not_running`, `link.not_found`, `provider.overloaded` for one session too many, or why
   *   the actor did not take it.
   */
  async openTerminal(io: TelnetIo, target: TerminalTarget = {}): Promise<TelnetSession> {
    return this.#started().terminals.open(io, target);
  }

  /**
   * Answers a host call of a guest that runs outside of this host, on behalf of an actor that it runs too: an edge
   * isolate's, for instance. The caller vouches for the actor's name.
   *
   * @returns never rejects; a failure is data.
   */
  async answerHostCall(
    actor: string,
    request: HostCallRequest,
    context: CallContext,
  ): Promise<HostCallAnswer> {
    const { actors, services } = this.#parts;
    if (this.#phase !== "started" || !actors.isRunning(actor)) {
      return { ok: false, message: "Actor is not running on this host" };
    }
    return services.dispatcher.hostCall(actor, request, context);
  }

  /**
   * Asks everything that runs here for its health, and tells what it heard. Protocol section 9.1. For those who keep the
   * time of heartbeats themselves.
   */
  async beat(): Promise<void> {
    this.#started();
    await this.#heartbeat?.beat();
  }

  /**
   * Starts and links what a manifest asks for, and merges its labels. Protocol section 11.5.
   *
   * @returns what failed, item by item; the rest is applied.
   */
  async applyManifest(manifest: Manifest, options: ApplyManifestOptions = {}): Promise<ManifestFailure[]> {
    const { launcher, links } = this.#started();
    const { labels, limits } = this.#options;
    return applyManifest({ labels, launcher, links, maxFileBytes: limits.moduleBytes }, manifest, options);
  }

  /** Writes down what runs here and all links, with their values, as a manifest for another host. */
  exportManifest(): ManifestExport {
    const { actors, providers, services } = this.#started();
    return exportManifest({
      labels: this.#options.labels.own(),
      actors: actors.describe(),
      providers: providers.describe(),
      links: services.cache.allLinks(),
    });
  }

  /** The actors that run on this host now. */
  runningActors(): ActorDescription[] {
    return this.#started().actors.describe();
  }

  /** Claims of all actors that this host knows of, wherever they run or ran. */
  knownClaims(): ActorClaims[] {
    return this.#started().services.cache.allClaims();
  }

  /** The newest console lines of an actor. @throws HostError `actor.not_running`. */
  actorLog(key: string): LogRecord[] {
    return this.#parts.actors.log(key);
  }

  /** Calls the listener with everything that happens, until the returned function is called or the host stops. */
  onEvent(listener: HostEventListener): () => void {
    return this.#parts.services.events.listen(listener);
  }

  /** Everything that can be shown. @throws HostError `host.not_started`. */
  async describe(): Promise<HostDescription> {
    const identity = { id: this.id, startedAt: this.#startedAt };
    return describeHost(this.#started(), this.#options, identity);
  }

  async #start(): Promise<void> {
    const { connections, heartbeat, key: given } = this.#options;
    const [key] = await Promise.all([given ?? KeyPair.generate("server"), this.#restore()]);
    this.#requireNotStopped();
    this.#key = key;
    this.#phase = "started";
    const { actors, providers, seat, services } = this.#parts;
    this.#startedAt = services.now();
    providers.start({ descriptor: EXTRAS_PROVIDER, provider: new ExtrasProvider(), onLattice: false });
    this.#heartbeat = new Heartbeat(services, actors, providers);
    if (heartbeat === "host") this.#heartbeat.begin();
    try {
      if (Object.keys(connections).length > 0) {
        await seat.enter(connections);
        this.#requireNotStopped();
      }
    } catch (error) {
      await this.stop();
      throw error;
    }
    services.events.emit({ type: "host_started" });
    this.#logHostCalls();
  }

  /** Brings back what the host knew of its lattice, and keeps it from now on. */
  async #restore(): Promise<void> {
    const { store, namespace } = this.#options;
    if (store === undefined) return;
    const { cache, counters, logger, now } = this.#parts.services;
    const persistence = await CachePersistence.open({ cache, store, namespace, counters, logger, now });
    if (this.#phase === "stopped") await persistence.close();
    else this.#persistence = persistence;
  }

  /** Found out in a worker, which takes a while: nobody waits for it. */
  #logHostCalls(): void {
    const { runtime, logger } = this.#parts.services;
    runtime.hostCalls().then(
      (name) => logger.debug(`Guests wait for host calls by: ${name}`),
      (error: unknown) => logger.warn(`No way to wait for host calls: ${messageOf(error)}`),
    );
  }

  async #stop(): Promise<void> {
    const wasStarted = this.#phase === "started";
    this.#phase = "stopped";
    const { actors, providers, registry, seat, services, terminals } = this.#parts;
    this.#heartbeat?.stop();
    terminals.close();
    await registry.close();
    await seat.leave();
    await actors.close();
    await providers.close();
    await services.runtime.close();
    await this.#persistence?.close();
    if (wasStarted) services.events.emit({ type: "host_stopped" });
    services.events.clear();
  }

  /** @throws HostError `host.not_started`, `host.stopped`. */
  #started(): HostParts {
    this.#identity();
    return this.#parts;
  }

  #identity(): KeyPair {
    this.#requireNotStopped();
    if (this.#key !== undefined) return this.#key;
    throw new HostError("host.not_started", "Activity cannot be performed, host has not been started");
  }

  #requireNotStopped(): void {
    if (this.#phase === "stopped") throw hostStopped();
  }
}
