import type { StartWorker } from "../actors/index.ts";
import { HostError } from "../errors/index.ts";
import type { JetStreamConnection, NatsOptions } from "../lattice/index.ts";
import { MemoryStore, type Store } from "../storage/index.ts";
import type { Counters, Logger, LogSink } from "../telemetry/index.ts";
import type { BlobFiles } from "./blobstore/blob-files.ts";
import { BLOBSTORE_PROVIDER, BlobstoreProvider } from "./blobstore/blobstore.ts";
import { StoreBlobs } from "./blobstore/store-blobs.ts";
import type { CapabilityProvider, ProviderDescriptor } from "./capability-provider.ts";
import { NATS_EVENT_STREAMS_PROVIDER, NatsEventStreamsProvider } from "./eventstreams/eventstreams.ts";
import { GRAPHDB_PROVIDER, GraphDbProvider } from "./graphdb/graphdb.ts";
import { WorkerGraphs } from "./graphdb/worker-graphs.ts";
import { HTTP_CLIENT_PROVIDER, HttpClientProvider } from "./http/http-client.ts";
import type { HttpFront } from "./http/http-front.ts";
import { HTTP_SERVER_PROVIDER, HttpServerProvider } from "./http/http-server.ts";
import { inTurn } from "./keyed-queue.ts";
import { KeyValueProvider, STORE_KEYVALUE_PROVIDER } from "./keyvalue/keyvalue.ts";
import { NATS_KEYVALUE_PROVIDER, NatsKeyValueProvider } from "./keyvalue/nats-keyvalue.ts";
import { StoreRecords } from "./keyvalue/store-records.ts";
import { LINK_VALUE_FACTS, type LinkValueFact } from "./link-value-facts.ts";
import { LOGGING_PROVIDER, LoggingProvider } from "./logging/logging.ts";
import { MEMORY_KEYVALUE_PROVIDER, MemoryKeyValueProvider } from "./memory-keyvalue.ts";
import { NATS_MESSAGING_PROVIDER, NatsMessagingProvider } from "./messaging/messaging.ts";
import { TELNET_PROVIDER, TelnetProvider } from "./telnet/telnet.ts";

/** What providers get of the host that makes them, and of its environment. */
export interface ProviderServices {
  /** Where actors' log lines go. */
  readonly logSinks: readonly LogSink[];
  readonly logger: Logger;
  readonly counters: Counters;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** What outlives the host; absent: providers that need it cannot be made. */
  readonly store?: Store;
  /**
   * Runs work while nobody else who shares the store runs work of the same name: `navigator.locks.request` where
   * several tabs do. Default: only hosts of this program share it.
   */
  readonly lock?: <T>(name: string, work: () => Promise<T>) => Promise<T>;
  /** Where the blob store keeps the bytes of objects, if the environment has files. Default: in the store. */
  readonly blobFiles?: () => Promise<BlobFiles | undefined>;
  /** Opens connections that links ask for; default `connectNats` with the platform's WebSocket. */
  readonly connect?: (options: NatsOptions) => Promise<JetStreamConnection>;
  /** Starts a worker that runs `runGraphWorker` and nothing else; absent: graphs are not offered. */
  readonly startGraphWorker?: StartWorker;
  /** Where requests for actors come in; absent: no HTTP server can be made. */
  readonly httpFront?: HttpFront;
}

/** A provider that a host can make itself, without an archive. */
export interface BuiltInProvider {
  /** What manifests and control commands ask for it by, as `weblattice:keyvalue-memory`. */
  readonly name: string;
  readonly descriptor: ProviderDescriptor;
  /** One line for people who choose. */
  readonly description: string;
  /** What it reads from its links; default nothing. */
  readonly linkValues?: readonly LinkValueFact[];
  /** It keeps something in the host's store: only hosts that have one can make it. */
  readonly needsStore?: boolean;
  /** It works in workers with an engine for graphs: only hosts whose environment has them can make it. */
  readonly needsGraphWorker?: boolean;
  /** It answers requests: only hosts that have a front for them can make it. */
  readonly needsHttpFront?: boolean;
  readonly make: (services: ProviderServices) => CapabilityProvider;
}

/** The providers that every host can start. The adapters add those of their environment. */
export const BUILT_IN_PROVIDERS: readonly BuiltInProvider[] = Object.freeze([
  {
    name: "weblattice:keyvalue-memory",
    descriptor: MEMORY_KEYVALUE_PROVIDER,
    description: "Counters, texts, lists and sets, shared by all linked actors and gone when the host ends.",
    make: () => new MemoryKeyValueProvider(),
  },
  {
    name: "weblattice:keyvalue",
    descriptor: STORE_KEYVALUE_PROVIDER,
    description: "Counters, texts, lists and sets that outlive the host, shared by all linked actors.",
    needsStore: true,
    make: (services) =>
      new KeyValueProvider({ records: new StoreRecords(stored(services)), now: services.now }),
  },
  {
    name: "weblattice:keyvalue-nats",
    descriptor: NATS_KEYVALUE_PROVIDER,
    description:
      "Counters, texts, lists and sets that all hosts share, in the JetStream of the NATS server that a link names by its value URL.",
    linkValues: LINK_VALUE_FACTS["weblattice:keyvalue-nats"],
    make: ({ connect, now }) =>
      new NatsKeyValueProvider({ ...(connect === undefined ? {} : { connect }), now }),
  },
  {
    name: "weblattice:httpclient",
    descriptor: HTTP_CLIENT_PROVIDER,
    description: "Requests to other servers. From a page, these must allow its origin.",
    linkValues: LINK_VALUE_FACTS["weblattice:httpclient"],
    make: () => new HttpClientProvider(),
  },
  {
    name: "weblattice:httpserver",
    descriptor: HTTP_SERVER_PROVIDER,
    description:
      "Pages and requests of this browser, answered by linked actors, each under a path of its own.",
    linkValues: LINK_VALUE_FACTS["weblattice:httpserver"],
    needsHttpFront: true,
    make: ({ httpFront, logger }) => new HttpServerProvider({ front: fronted(httpFront), logger }),
  },
  {
    name: "weblattice:logging",
    descriptor: LOGGING_PROVIDER,
    description: "Lines of actors in the host's log.",
    make: ({ logSinks, now }) => new LoggingProvider({ sinks: logSinks, now }),
  },
  {
    name: "weblattice:blobstore",
    descriptor: BLOBSTORE_PROVIDER,
    description: "Files in containers that outlive the host, sent and received in chunks.",
    linkValues: LINK_VALUE_FACTS["weblattice:blobstore"],
    needsStore: true,
    make: (services) => {
      const { blobFiles, now, logger } = services;
      const shared = { ...stored(services), now };
      const files = blobFiles === undefined ? {} : { files: blobFiles };
      return new BlobstoreProvider({
        blobs: (root) => new StoreBlobs({ ...shared, ...files, root }),
        logger,
      });
    },
  },
  {
    name: "weblattice:messaging",
    descriptor: NATS_MESSAGING_PROVIDER,
    description: "Messages over the NATS server that a link names by its value URL.",
    linkValues: LINK_VALUE_FACTS["weblattice:messaging"],
    make: ({ connect, logger, counters }) =>
      new NatsMessagingProvider({ ...(connect === undefined ? {} : { connect }), logger, counters }),
  },
  {
    name: "weblattice:eventstreams",
    descriptor: NATS_EVENT_STREAMS_PROVIDER,
    description: "Streams of events in the JetStream of the NATS server that a link names by its value URL.",
    linkValues: LINK_VALUE_FACTS["weblattice:eventstreams"],
    make: ({ connect }) => new NatsEventStreamsProvider(connect === undefined ? {} : { connect }),
  },
  {
    name: "weblattice:graphdb",
    descriptor: GRAPHDB_PROVIDER,
    description:
      "Graphs that are asked in Cypher, each actor's own. The engine is loaded with the first query.",
    linkValues: LINK_VALUE_FACTS["weblattice:graphdb"],
    needsGraphWorker: true,
    make: ({ startGraphWorker, store = new MemoryStore(), ...services }) => {
      if (startGraphWorker === undefined) throw new HostError("host.unsupported", NO_GRAPH_WORKER);
      const graphs = new WorkerGraphs({ startWorker: startGraphWorker, ...stored({ ...services, store }) });
      return new GraphDbProvider({ engine: async (space) => graphs.space(space) });
    },
  },
  {
    name: "weblattice:telnet",
    descriptor: TELNET_PROVIDER,
    description: "Terminals for actors, opened on this host: in the dashboard, or by openTerminal.",
    linkValues: LINK_VALUE_FACTS["weblattice:telnet"],
    make: ({ logger }) => new TelnetProvider({ logger }),
  },
]);

const NO_STORE = "it needs a store, and the host has none (withStore, or --store on the command line)";
const NO_GRAPH_WORKER =
  "its engine needs a worker of its own, with megabytes of code: tabs and Node.js have that, the edge has not";
const NO_HTTP_FRONT =
  "nothing hands HTTP requests to this host: a service worker does in tabs, and the edge has a server of its own";

/** Why a provider cannot be made with what a host has; undefined if it can. */
export function whatLacks(
  { needsStore = false, needsHttpFront = false, needsGraphWorker = false }: BuiltInProvider,
  { store, httpFront, startGraphWorker }: Pick<ProviderServices, "store" | "httpFront" | "startGraphWorker">,
): string | undefined {
  if (needsStore && store === undefined) return NO_STORE;
  if (needsHttpFront && httpFront === undefined) return NO_HTTP_FRONT;
  return needsGraphWorker && startGraphWorker === undefined ? NO_GRAPH_WORKER : undefined;
}

type Lock = <T>(name: string, work: () => Promise<T>) => Promise<T>;

/** Providers of several link names, and roots of one provider, work on one store: they must know of each other. */
const locks = new WeakMap<Store, Lock>();

function stored({ store, lock }: Pick<ProviderServices, "store" | "lock">): {
  readonly store: Store;
  readonly lock: Lock;
} {
  if (store === undefined) {
    throw new HostError("host.unsupported", "This provider needs a store, and the host has none", {
      hint: "Build the host with withStore(…), or start it with --store FOLDER.",
    });
  }
  const turns = locks.get(store) ?? inTurn();
  locks.set(store, turns);
  return { store, lock: lock ?? turns };
}

function fronted(front: HttpFront | undefined): HttpFront {
  if (front !== undefined) return front;
  throw new HostError("host.unsupported", "Nothing hands HTTP requests to this host", {
    hint: "Build the host with withProviderServices({ httpFront }).",
  });
}
