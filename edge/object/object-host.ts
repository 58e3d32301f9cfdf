import { asHostError } from "../../src/errors/index.ts";
import type { ProviderStart } from "../../src/host/index.ts";
import { type Host, HostBuilder } from "../../src/host/index.ts";
import type { LinkDefinition } from "../../src/lattice/index.ts";
import {
  HTTP_CLIENT_PROVIDER,
  HttpClientProvider,
  LOGGING_PROVIDER,
  LoggingProvider,
} from "../../src/providers/index.ts";
import { ConsoleSink, Logger } from "../../src/telemetry/index.ts";
import { prepareModule } from "../../src/wapc/index.ts";
import { type BundledActor, verifyBundledActor } from "../actors/bundled-actor.ts";
import { EdgeRuntime, notBundled } from "../actors/edge-runtime.ts";
import { LoadedModules } from "../loader/loaded-modules.ts";
import type { ResolvedEdgeOptions } from "../options.ts";
import type { ObjectState, WorkerLoader } from "../platform.ts";
import { EDGE_HTTP_SERVER, EdgeHttpServer } from "../providers/http-server.ts";
import { OBJECT_KEYVALUE_PROVIDER, objectKeyValue } from "../providers/object-keyvalue.ts";
import { type EdgeSettings, readSettings } from "../settings.ts";
import { ObjectStore } from "../storage/object-store.ts";
import type { HostTable, TableActor } from "./api.ts";
import { configuredLinks } from "./configured.ts";
import { HostRecord, linkId } from "./host-record.ts";
import { identityOf } from "./identity.ts";
import { Membership } from "./membership.ts";

/** What a host in an object is made from. */
export interface ObjectHostOptions {
  readonly state: ObjectState;
  /** Variables, secrets and bindings of the worker. */
  readonly environment: Readonly<Record<string, unknown>>;
  readonly options: ResolvedEdgeOptions;
}

const MODULE = "module/";
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
  readonly #membership: Membership | undefined;
  readonly #runtime: EdgeRuntime;
  readonly #store: ObjectStore;
  readonly #options: ResolvedEdgeOptions;
  readonly #logger: Logger;
  /** Verified bundled actors by the names and keys they can be started by. */
  readonly #bundled = new Map<string, BundledActor>();
  readonly #keys = new Map<string, string>();

  private constructor(
    { environment, options }: ObjectHostOptions,
    store: ObjectStore,
    settings: EdgeSettings,
    builder: HostBuilder,
  ) {
    this.#store = store;
    this.#options = options;
    this.#logger = new Logger([new ConsoleSink()], "edge");
    const loader = environment["LOADER"] as WorkerLoader | undefined;
    const loaded =
      loader === undefined ? undefined : new LoadedModules({ loader, source: (hash) => this.module(hash) });
    this.#runtime = new EdgeRuntime({
      bundled: Object.values(options.actors),
      keep: (hash, bytes) => store.set(MODULE + hash, bytes),
      ...(loaded === undefined ? {} : { loaded }),
    });
    this.host = builder
      .withActorRuntime(this.#runtime)
      .withBundledModules(async (reference) => {
        const actor = this.#bundled.get(reference);
        if (actor !== undefined) return verifyBundledActor(actor);
        if (loaded === undefined) throw notBundled(reference);
        return undefined;
      })
      .withLatticeOnDemand(async () => this.#membership?.need())
      .build();
    this.server = new EdgeHttpServer();
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
    for (const [name, value] of Object.entries({ ...settings.manifest?.labels, ...settings.labels })) {
      builder.withLabel(name, value);
    }
    const object = new ObjectHost(made, store, settings, builder);
    await object.host.start();
    await object.#startProviders(state);
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
    return this.#membership?.failure !== undefined;
  }

  /** What workers go by. */
  async table(): Promise<HostTable> {
    const { id, actors, limits } = await this.host.describe();
    const entries = actors.flatMap(({ key, name, expires }): [string, TableActor][] => {
      const module = this.#runtime.moduleOf(key);
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
      routes: this.server.routes(),
      maxPayloadBytes: limits.payloadBytes,
    };
  }

  /** The module for an isolate made at run time. @throws HostError `module.not_bundled` if it is not kept. */
  async module(hash: string): Promise<Uint8Array> {
    const bytes = await this.#store.get(MODULE + hash);
    if (bytes === undefined) throw notBundled(hash);
    const { memoryBytes = 64 * 1024 * 1024 } = this.#options.limits;
    return prepareModule(bytes, { maxMemoryBytes: memoryBytes, fuel: true });
  }

  /** Tells the lattice how everything is. */
  async beat(): Promise<void> {
    await this.#membership?.beat();
  }

  /** Leaves the lattice and ends the host. What it keeps stays. Twice is fine. */
  async close(): Promise<void> {
    this.#membership?.close();
    await this.host.stop();
  }

  async #startProviders({ storage }: ObjectState): Promise<void> {
    const all: readonly ProviderStart[] = [
      // Requests come to this worker and no other: no lattice can send them.
      { descriptor: EDGE_HTTP_SERVER, provider: this.server },
      { descriptor: OBJECT_KEYVALUE_PROVIDER, provider: objectKeyValue(storage) },
      { descriptor: HTTP_CLIENT_PROVIDER, provider: new HttpClientProvider() },
      { descriptor: LOGGING_PROVIDER, provider: new LoggingProvider({ sinks: [new ConsoleSink("debug")] }) },
    ];
    for (const start of all) await this.host.startProvider(start);
  }

  /** @returns references of the manifest that are still to be started. */
  async #restore(settings: EdgeSettings): Promise<readonly string[]> {
    const record = new HostRecord(this.#store, this.#logger);
    await this.#learnBundled();
    const actors = await record.actors();
    for (const [name] of Object.entries(this.#options.actors)) {
      const key = this.#keys.get(name);
      if (key === undefined || actors.get(key)?.kind === "stopped") continue;
      await this.#attempt(`actor ${name}`, () => this.host.startActorFrom(name));
    }
    const used = new Set<string>();
    for (const [key, entry] of actors) {
      if (entry.kind !== "started") continue;
      used.add(MODULE + entry.hash);
      await this.#attempt(`actor ${entry.reference ?? key}`, () =>
        this.#startKept(entry.hash, entry.reference),
      );
    }
    for (const key of await this.#store.list(MODULE)) if (!used.has(key)) await this.#store.delete(key);
    const stopped = [...actors].flatMap(([key, { kind, reference }]) =>
      kind === "stopped" ? [key, ...(reference === undefined ? [] : [reference])] : [],
    );
    const running = new Map(
      (await this.host.describe()).actors.map(({ key, reference = key }) => [key, reference]),
    );
    const wanted = (settings.manifest?.actors ?? []).filter((reference) => {
      const key = this.#keys.get(reference) ?? reference;
      return !stopped.includes(key) && !running.has(key) && ![...running.values()].includes(reference);
    });
    // From here on what happens is news; links that are set again below are as they were.
    await this.#restoreLinks(record, settings);
    record.follow(this.host, running, (actor) => {
      const module = this.#runtime.moduleOf(actor);
      return module === undefined || module.bundled !== undefined ? undefined : module.hash;
    });
    return wanted;
  }

  async #startWanted(references: readonly string[]): Promise<void> {
    for (const reference of references) {
      await this.#attempt(`actor ${reference}`, () => this.host.startActorFrom(reference));
    }
  }

  async #learnBundled(): Promise<void> {
    for (const [name, actor] of Object.entries(this.#options.actors)) {
      this.#bundled.set(name, actor);
      await this.#attempt(`actor ${name}`, async () => {
        const { claims } = await verifyBundledActor(actor);
        this.#keys.set(name, claims.subject);
        this.#bundled.set(claims.subject, actor);
      });
    }
  }

  async #startKept(hash: string, reference: string | undefined): Promise<void> {
    const bytes = await this.#store.get(MODULE + hash);
    if (bytes === undefined) throw notBundled(reference ?? hash);
    await this.host.startActor(bytes, reference === undefined ? {} : { reference });
  }

  async #restoreLinks(record: HostRecord, settings: EdgeSettings): Promise<void> {
    const known = await record.links();
    const { routes, links } = this.#options;
    const configured = [
      ...configuredLinks(routes, links, (actor) => this.#keys.get(actor) ?? actor),
      ...(settings.manifest?.links ?? []),
    ];
    const all = new Map<string, LinkDefinition>(configured.map((link) => [linkId(link), link]));
    for (const [id, entry] of known) {
      if (entry.kind === "removed") all.delete(id);
      else all.set(id, entry.link);
    }
    for (const link of all.values()) {
      await this.#attempt(`link of ${link.actorId} to ${link.contractId}`, () => this.host.setLink(link));
    }
  }

  async #attempt(what: string, work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (error) {
      const { code, message } = asHostError(error);
      if (code.startsWith("storage.")) throw error;
      this.#logger.error(`Failed: ${what}: ${message}`, { code });
    }
  }
}
