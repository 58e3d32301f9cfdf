import {
  type ActorStartOptions,
  asyncifier,
  formatManifest,
  type Host,
  HostBuilder,
  HostError,
  type LinkDefinition,
  Logger,
  type LogSink,
  type ManifestFormat,
  type ProviderGrants,
  parseManifest,
  type TerminalTarget,
  throughRegistryProxy,
  toErrorRecord,
} from "../src/index.ts";
import type { HostApi, JoinOptions, Outcome, StartOptions } from "./host-api.ts";
import { IndexedDbStore } from "./indexed-db-store.ts";
import { webLabels } from "./labels.ts";
import { bidders, latticeHosts } from "./lattice-hosts.ts";
import { OriginFiles } from "./origin-files.ts";
import { probeEnvironment } from "./probe-environment.ts";
import { TabFront } from "./service-worker/tab-front.ts";
import { readTarget } from "./terminal/messages.ts";
import { TerminalPort } from "./terminal/terminal-port.ts";
import { WatchStream } from "./watch-stream.ts";
import { startGraphWorker } from "./web-graph-worker.ts";
import { webProviderRuntime } from "./web-provider-runtime.ts";
import { webRuntime } from "./web-runtime.ts";

type Answer<Name extends keyof HostApi> = ReturnType<HostApi[Name]>;

/** The host of a tab, in its worker, as the page may use it. */
export class HostService implements HostApi {
  readonly #streams = new Set<WatchStream>();
  #runtime: ReturnType<typeof webRuntime> | undefined;
  #host: Host | undefined;
  #files: Promise<OriginFiles | undefined> | undefined;
  #httpFront: TabFront | undefined;

  start(options: StartOptions): Answer<"start"> {
    return outcome(async () => {
      if (this.#host !== undefined)
        throw new HostError("internal", "The host of this worker was started already");
      const toStreams: LogSink = {
        write: (record) => {
          for (const stream of this.#streams) stream.log(record);
        },
      };
      const logger = new Logger([toStreams], "host");
      const store = new IndexedDbStore();
      this.#runtime = webRuntime({
        asyncify: asyncifier({ store, logger }),
        ...(options.hostCalls === undefined ? {} : { allow: options.hostCalls }),
      });
      const httpFront = new TabFront(options.httpBase ?? "/http", location);
      const builder = new HostBuilder()
        .withActorRuntime(this.#runtime)
        .withCoreLabels(webLabels())
        .withLimits(options.limits ?? {})
        .withStore(store)
        .withProviderRuntime(webProviderRuntime())
        // All tabs of the origin share the store and the files.
        .withProviderServices({
          lock: (name, work) => navigator.locks.request(name, work),
          blobFiles: () => this.#originFiles(),
          startGraphWorker,
          httpFront,
        })
        .enableLiveUpdates()
        .withLogSinks(toStreams);
      const { registryProxy } = options;
      if (registryProxy !== undefined) {
        const { address, registries } = registryProxy;
        builder.withRegistry({ proxy: throughRegistryProxy(address, registries) });
      }
      for (const [key, value] of Object.entries(options.labels ?? {})) builder.withLabel(key, value);
      this.#host = builder.build();
      this.#httpFront = httpFront;
      this.#host.onEvent((event) => httpFront.hear(event));
      await this.#host.start();
      return this.#host.describe();
    });
  }

  describe(): Answer<"describe"> {
    return outcome(() => this.#running().describe());
  }

  environment(): Answer<"environment"> {
    return outcome(() => probeEnvironment(this.#runtime ?? webRuntime(), this.#originFiles()));
  }

  watch(port: MessagePort): Answer<"watch"> {
    return outcome(async () => {
      const stream: WatchStream = new WatchStream(this.#running(), port, () => this.#streams.delete(stream));
      this.#streams.add(stream);
    });
  }

  startActor(module: Uint8Array, options?: ActorStartOptions): Answer<"startActor"> {
    return outcome(() => this.#running().startActor(module, options));
  }

  startActorFrom(url: string, options?: ActorStartOptions): Answer<"startActorFrom"> {
    return outcome(() => this.#running().startActorFrom(url, options));
  }

  updateActor(key: string, module: Uint8Array): Answer<"updateActor"> {
    return outcome(() => this.#running().updateActor(key, module));
  }

  updateActorFrom(key: string, reference: string): Answer<"updateActorFrom"> {
    return outcome(() => this.#running().updateActorFrom(key, reference));
  }

  stopActor(key: string): Answer<"stopActor"> {
    return outcome(() => this.#running().stopActor(key));
  }

  providerChoices(): Answer<"providerChoices"> {
    return outcome(async () =>
      this.#running().builtInProviders.map(({ name, descriptor, description, linkValues = [] }) => ({
        kind: name,
        id: descriptor.id,
        contractId: descriptor.contractId,
        title: descriptor.name,
        description,
        linkValues,
      })),
    );
  }

  startProviderFrom(
    reference: string,
    linkName?: string,
    grants?: ProviderGrants,
  ): Answer<"startProviderFrom"> {
    return outcome(() => this.#running().startProviderFrom(reference, linkName, grants));
  }

  startProviderArchive(
    archive: Uint8Array,
    linkName?: string,
    grants?: ProviderGrants,
  ): Answer<"startProviderArchive"> {
    return outcome(() =>
      this.#running().startProviderArchive(archive, {
        ...(linkName === undefined ? {} : { linkName }),
        ...(grants === undefined ? {} : { grants }),
      }),
    );
  }

  stopProvider(id: string, linkName: string): Answer<"stopProvider"> {
    return outcome(() => this.#running().stopProvider(id, linkName));
  }

  setLink(link: LinkDefinition): Answer<"setLink"> {
    return outcome(() => this.#running().setLink(link));
  }

  removeLink(actorId: string, contractId: string, linkName: string): Answer<"removeLink"> {
    return outcome(() => this.#running().removeLink(actorId, contractId, linkName));
  }

  call(target: string, operation: string, payload: Uint8Array): Answer<"call"> {
    return outcome(async () => {
      const started = performance.now();
      const reply = await this.#running().callActor(target, operation, payload);
      return { reply, durationMs: performance.now() - started };
    });
  }

  openTerminal(target: TerminalTarget, port: MessagePort): Answer<"openTerminal"> {
    return outcome(async () => {
      const terminal = new TerminalPort(port);
      try {
        const session = await this.#running().openTerminal(terminal, readTarget(target));
        terminal.attach(session);
        return { id: session.id, actor: session.actor };
      } catch (error) {
        terminal.close();
        throw error;
      }
    });
  }

  actorLog(key: string): Answer<"actorLog"> {
    return outcome(async () => this.#running().actorLog(key));
  }

  join({ servers, namespace, credentials, replicate = true }: JoinOptions): Answer<"join"> {
    return outcome(async () => {
      const host = this.#running();
      await host.joinLattice({
        servers,
        replication: replicate,
        ...(namespace === undefined ? {} : { namespace }),
        ...(credentials === undefined ? {} : { credentials: { credsFile: credentials } }),
      });
      this.#hearOthers(host);
    });
  }

  leave(): Answer<"leave"> {
    return outcome(() => this.#running().leaveLattice());
  }

  httpRoutes(): Answer<"httpRoutes"> {
    return outcome(async () => this.#httpFront?.routes().map(({ actor, path }) => ({ actor, path })) ?? []);
  }

  connectHttp(port: MessagePort, as: { readonly id: string; readonly base: string }): Answer<"connectHttp"> {
    return outcome(async () => {
      this.#running();
      await this.#httpFront?.connect(port, as);
    });
  }

  disconnectHttp(): Answer<"disconnectHttp"> {
    return outcome(async () => this.#httpFront?.close());
  }

  applyManifest(text: string, format: ManifestFormat): Answer<"applyManifest"> {
    return outcome(async () => {
      const failures = await this.#running().applyManifest(parseManifest(text, { format }));
      return failures.map(({ item, error }) => ({ item, error: toErrorRecord(error) }));
    });
  }

  exportManifest(format: ManifestFormat): Answer<"exportManifest"> {
    return outcome(async () => {
      const { manifest, omitted } = this.#running().exportManifest();
      return { text: formatManifest(manifest, format), omitted };
    });
  }

  latticeHosts(): Answer<"latticeHosts"> {
    return outcome(() => latticeHosts(this.#running().control));
  }

  startActorOn(hostId: string, reference: string): Answer<"startActorOn"> {
    return outcome(async () => this.#running().control.startActor(hostId, reference));
  }

  stopActorOn(hostId: string, reference: string): Answer<"stopActorOn"> {
    return outcome(async () => this.#running().control.stopActor(hostId, reference));
  }

  updateActorOn(hostId: string, actorId: string, newReference: string): Answer<"updateActorOn"> {
    return outcome(async () => this.#running().control.updateActor(hostId, actorId, newReference));
  }

  startProviderOn(hostId: string, reference: string, linkName: string): Answer<"startProviderOn"> {
    return outcome(async () => this.#running().control.startProvider(hostId, reference, linkName));
  }

  stopProviderOn(
    hostId: string,
    reference: string,
    linkName: string,
    contractId: string,
  ): Answer<"stopProviderOn"> {
    return outcome(async () => this.#running().control.stopProvider(hostId, reference, linkName, contractId));
  }

  auctionActor(reference: string, constraints: Readonly<Record<string, string>>): Answer<"auctionActor"> {
    return outcome(async () =>
      bidders(await this.#running().control.performActorAuction(reference, constraints)),
    );
  }

  auctionProvider(
    reference: string,
    linkName: string,
    constraints: Readonly<Record<string, string>>,
  ): Answer<"auctionProvider"> {
    return outcome(async () =>
      bidders(await this.#running().control.performProviderAuction(reference, linkName, constraints)),
    );
  }

  stop(): Answer<"stop"> {
    return outcome(async () => {
      this.#httpFront?.close();
      await this.#host?.stop();
      for (const stream of this.#streams) stream.close();
      this.#streams.clear();
    });
  }

  /** Tried once, when somebody wants to know. */
  #originFiles(): Promise<OriginFiles | undefined> {
    this.#files ??= OriginFiles.open();
    return this.#files;
  }

  /** Tells the page what the other hosts of the lattice tell, until this one leaves. */
  #hearOthers(host: Host): void {
    try {
      host.control.onEvent((event) => {
        if (event.hostId === host.id || event.type === "heartbeat") return;
        for (const stream of this.#streams) stream.lattice(event);
      });
    } catch (error) {
      // It has left already: there is nothing more to hear.
      if (!(error instanceof HostError && error.code === "lattice.not_connected")) throw error;
    }
  }

  #running(): Host {
    if (this.#host !== undefined) return this.#host;
    throw new HostError("host.not_started", "Activity cannot be performed, host has not been started");
  }
}

/** Errors cross the worker's border as data: as exceptions they would lose their fields. */
async function outcome<T>(work: () => Promise<T>): Promise<Outcome<T>> {
  try {
    return { ok: true, value: await work() };
  } catch (error) {
    return { ok: false, error: toErrorRecord(error) };
  }
}
