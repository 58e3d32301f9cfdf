import { asHostError } from "../../src/errors/index.ts";
import { type Host, HostBuilder, type Manifest, type UpdatePolicy } from "../../src/host/index.ts";
import type { LinkDefinition } from "../../src/lattice/index.ts";
import { ConsoleSink, Logger } from "../../src/telemetry/index.ts";
import { prepareModule } from "../../src/wapc/index.ts";
import { verifyBundledActor } from "../actors/bundled-actor.ts";
import { BundledActors } from "../actors/bundled-actors.ts";
import { EdgeRuntime, notBundled } from "../actors/edge-runtime.ts";
import { Feeds } from "../feed/feeds.ts";
import { LoadedModules } from "../loader/loaded-modules.ts";
import type { ResolvedEdgeOptions } from "../options.ts";
import type { ObjectState, WorkerLoader } from "../platform.ts";
import { edgeProviders } from "../providers/edge-providers.ts";
import { EdgeHttpServer } from "../providers/http-server.ts";
import { EdgeTelnet } from "../providers/telnet.ts";
import { type EdgeSettings, readSettings } from "../settings.ts";
import { ObjectStore } from "../storage/object-store.ts";
import type { HostTable, TableActor } from "./api.ts";
import { configuredLinks } from "./configured.ts";
import { type ActorOrigin, type Configured, HostRecord } from "./host-record.ts";
import { identityOf } from "./identity.ts";
import { KeptActors } from "./kept-actors.ts";
import { KeptModules } from "./kept-modules.ts";
import { Membership } from "./membership.ts";
import { configuredProviders, startProviders, wantedProviders } from "./start-providers.ts";
import { WantedActors } from "./wanted-actors.ts";

/** What a host in an object is made from. */
export interface ObjectHostOptions {
  readonly state: ObjectState;
  /** Variables, secrets and bindings of the worker. */
  readonly environment: Readonly<Record<string, unknown>>;
  readonly options: ResolvedEdgeOptions;
}

/** The core labels of a host on the edge: there is no machine it could speak for. Protocol section 11.4. */
const CORE_LABELS = {
  "hostcore.arch": "wasm32",
  "hostcore.os": "edge",
  "hostcore.osfamily": "edge",
} as const;

/** The host that an object holds, as its configuration and its own past say. */
export class ObjectHost {
  readonly host: Host;
  readonly server: EdgeHttpServer;
  readonly #telnet: EdgeTelnet;
  readonly #feeds: Feeds;
  readonly #wanted: WantedActors;
  readonly #membership: Membership | undefined;
  readonly #runtime: EdgeRuntime;
  readonly #state: ObjectState;
  readonly #store: ObjectStore;
  readonly #modules: KeptModules;
  readonly #bundled: BundledActors;
  readonly #options: ResolvedEdgeOptions;
  readonly #logger: Logger;

  private constructor(
    { state, environment, options }: ObjectHostOptions,
    store: ObjectStore,
    settings: EdgeSettings,
    builder: HostBuilder,
  ) {
    this.#state = state;
    this.#store = store;
    this.#modules = new KeptModules(store);
    this.#bundled = new BundledActors(options.actors);
    this.#options = options;
    this.#logger = new Logger([new ConsoleSink()], "edge");
    const loader = environment["LOADER"] as WorkerLoader | undefined;
    const loaded =
      loader === undefined ? undefined : new LoadedModules({ loader, source: (hash) => this.module(hash) });
    this.#runtime = new EdgeRuntime({
      bundled: Object.values(options.actors),
      keep: (module) => this.#modules.keep(module),
      ...(loaded === undefined ? {} : { loaded }),
    });
    this.server = new EdgeHttpServer();
    this.#telnet = new EdgeTelnet({ maxSessions: options.sessions, logger: this.#logger });
    this.host = builder
      .withActorRuntime(this.#runtime)
      .withProviders(edgeProviders(state.storage, this.server, this.#telnet))
      .withBundledModules(async (reference) => {
        const actor = this.#bundled.find(reference);
        if (actor !== undefined) return verifyBundledActor(actor);
        if (loaded === undefined) throw notBundled(reference);
        return undefined;
      })
      .withLatticeOnDemand(async () => this.#membership?.need())
      .build();
    this.#feeds = new Feeds(this.host);
    this.#wanted = new WantedActors({ host: this.host, attempt: this.#attempt });
    this.host.onEvent((event) => {
      if (event.type === "actor_stopped") this.#telnet.endSessions(event.actor);
    });
    const { lattice } = settings;
    this.#membership =
      lattice === undefined
        ? undefined
        : new Membership({ host: this.host, lattice, lingerMs: options.lingerMs, logger: this.#logger });
  }

  /**
   * Makes the host, starts what it is to run, and begins to join its lattice. What single actors and links fail with is
   * logged: the others run.
   *
   * @throws HostError for a configuration that is wrong, or storage that fails.
   */
  static async start(made: ObjectHostOptions): Promise<ObjectHost> {
    const { state, environment, options } = made;
    const settings = readSettings(environment, options.latticeMode);
    const store = new ObjectStore(state.storage);
    const builder = new HostBuilder()
      .withKey(await identityOf(store, settings.seed))
      .withNamespace(settings.namespace)
      .withCoreLabels(CORE_LABELS)
      .withLimits(options.limits)
      .ociAllowInsecure(settings.insecureRegistries ?? options.insecureRegistries)
      .withCallersHeartbeat();
    allowUpdates(builder, options.updates);
    for (const [name, value] of Object.entries({ ...settings.manifest?.labels, ...settings.labels })) {
      builder.withLabel(name, value);
    }
    const object = new ObjectHost(made, store, settings, builder);
    await object.host.start();
    const wanted = await object.#restore(settings);
    object.#membership?.begin();
    // Fetching may take longer than the runtime lets an object begin.
    state.waitUntil(object.#startWanted(wanted));
    return object;
  }

  /** The host is or should be a member of a lattice. */
  get hasLattice(): boolean {
    return this.#membership !== undefined;
  }

  /** The lattice should be there, and is out of reach. */
  get isAdrift(): boolean {
    return this.#membership?.isAdrift === true;
  }

  /** What workers go by. */
  async table(): Promise<HostTable> {
    const { id, actors, limits } = await this.host.describe();
    const entries = actors.flatMap(({ key, name, expires, moduleHash }): [string, TableActor][] => {
      const module = this.#runtime.moduleOf(moduleHash);
      if (module === undefined) return [];
      const { hash, wait, maxMemoryBytes, bundled } = module;
      const isBundled = bundled !== undefined;
      return [
        [key, { name, hash, wait, isBundled, maxMemoryBytes, ...(expires === undefined ? {} : { expires }) }],
      ];
    });
    return {
      host: id,
      actors: Object.fromEntries(entries),
      routes: this.server.routes,
      terminals: this.#telnet.routes(),
      maxPayloadBytes: limits.payloadBytes,
    };
  }

  /** Opens the WebSocket that a query of `upgradeOf` says. @throws HostError why it cannot be. */
  openSocket(query: URLSearchParams): Response {
    const actor = query.get("terminal");
    return actor === null ? this.#feeds.open() : this.#telnet.accept(actor);
  }

  /** The module for an isolate made at run time. @throws HostError `module.not_bundled` if it is not kept. */
  async module(hash: string): Promise<Uint8Array> {
    const bytes = await this.#modules.code(hash);
    if (bytes === undefined) throw notBundled(hash);
    const { memoryBytes = 64 * 1024 * 1024 } = this.#options.limits;
    return prepareModule(bytes, { maxMemoryBytes: memoryBytes, fuel: true });
  }

  /** Tells the lattice how everything is. */
  async beat(): Promise<void> {
    // Fetching takes its time, and heartbeats come in theirs.
    this.#state.waitUntil(this.#wanted.retry());
    await this.#membership?.beat();
  }

  /** Leaves the lattice and ends the host. What it keeps stays. Twice is fine. */
  async close(): Promise<void> {
    this.#membership?.close();
    await this.host.stop();
  }

  /** @returns what of the manifest is still to be started. */
  async #restore(settings: EdgeSettings): Promise<Pick<Manifest, "actors" | "capabilities">> {
    const record = new HostRecord(this.#store, this.#logger);
    const attempt = this.#attempt;
    const providers = { host: this.host, records: await record.providers(), attempt };
    await startProviders(providers);
    await this.#bundled.learn(attempt);
    const configured = this.#bundled.configured();
    const actors = await record.actors();
    const kept = new KeptActors({ host: this.host, bundled: this.#bundled, modules: this.#modules, attempt });
    await kept.start(configured, actors);
    const origins = new Map<string, ActorOrigin>(
      this.host.runningActors().map(({ key, reference }) => {
        const known = actors.get(key);
        return [
          key,
          known?.kind === "started" && known.reference === reference ? originOf(known) : { reference },
        ];
      }),
    );
    const stopped = [...actors].flatMap(([key, known]): [string, ActorOrigin][] =>
      known.kind === "stopped" ? [[key, known]] : [],
    );
    const past = [...origins, ...stopped].flatMap(([key, { reference, asked }]) => [key, reference, asked]);
    const capabilities =
      settings.manifest === undefined ? [] : await wantedProviders(providers, settings.manifest);
    const { actors: listed = [] } = settings.manifest ?? {};
    const wanted = listed.filter(
      (reference) => !past.includes(this.#bundled.keyOf(reference)) && !past.includes(reference),
    );
    await this.#modules.follow(this.host, actors, this.#logger);
    // From here on what happens is news; links that are set again below are as they were.
    const links = configuredLinks(this.#options, settings.manifest, (actor) => this.#bundled.keyOf(actor));
    await this.#restoreLinks(record, links);
    const asked: Configured = {
      isActor: (key, { reference, asked: first }) =>
        configured.has(key) ||
        listed.some((each) => [reference, first].includes(each) || this.#bundled.keyOf(each) === key),
      providers: configuredProviders(this.host, { capabilities: settings.manifest?.capabilities ?? [] }),
      links: new Set(links.keys()),
    };
    record.follow(this.host, asked, origins, (actor) => kept.startedOf(actor, configured.get(actor)));
    return { actors: wanted, capabilities };
  }

  async #startWanted({ actors, capabilities }: Pick<Manifest, "actors" | "capabilities">): Promise<void> {
    for (const { imageRef, linkName } of capabilities) {
      await this.#attempt(`provider ${imageRef}`, () => this.host.startProviderFrom(imageRef, linkName));
    }
    await this.#wanted.start(actors);
  }

  async #restoreLinks(record: HostRecord, configured: ReadonlyMap<string, LinkDefinition>): Promise<void> {
    const all = new Map(configured);
    for (const [id, entry] of await record.links()) {
      if (entry.kind === "removed") all.delete(id);
      else all.set(id, entry.link);
    }
    for (const link of all.values()) {
      await this.#attempt(`link of ${link.actorId} to ${link.contractId}`, () => this.host.setLink(link));
    }
  }

  /** @returns whether it was done; why not is logged. */
  readonly #attempt = async (what: string, work: () => Promise<unknown>): Promise<boolean> => {
    try {
      await work();
      return true;
    } catch (error) {
      const { code, message } = asHostError(error);
      if (code.startsWith("storage.")) throw error;
      this.#logger.error(`Failed: ${what}: ${message}`, { code });
      return false;
    }
  };
}

function originOf({ reference, asked }: ActorOrigin): ActorOrigin {
  return { reference, asked };
}

function allowUpdates(builder: HostBuilder, updates: Partial<UpdatePolicy>): void {
  if (updates.enabled === true) builder.enableLiveUpdates();
  if (updates.strict === false) builder.disableStrictUpdateCheck();
  if (updates.sameIssuer === false) builder.allowUpdatesByOtherIssuers();
}
