import { HostError } from "../../src/errors/index.ts";
import {
  BUILT_IN_PROVIDERS,
  type BuiltInProvider,
  EXTRAS_PROVIDER,
  HTTP_CLIENT_PROVIDER,
  KeyValueProvider,
  LINK_VALUE_FACTS,
  LOGGING_PROVIDER,
  LoggingProvider,
  type ProviderDescriptor,
} from "../../src/providers/index.ts";
import { ConsoleSink } from "../../src/telemetry/index.ts";
import type { ObjectStorage } from "../platform.ts";
import { ObjectStore } from "../storage/object-store.ts";
import { EDGE_HTTP_SERVER, type EdgeHttpServer } from "./http-server.ts";
import { OBJECT_KEYVALUE_PROVIDER, objectRecords } from "./object-keyvalue.ts";
import { EDGE_TELNET, type EdgeTelnet } from "./telnet.ts";

/** The providers that every host on the edge runs. */
export const EDGE_PROVIDERS: readonly ProviderDescriptor[] = [
  EDGE_HTTP_SERVER,
  OBJECT_KEYVALUE_PROVIDER,
  HTTP_CLIENT_PROVIDER,
  LOGGING_PROVIDER,
  EXTRAS_PROVIDER,
  EDGE_TELNET,
];

/** Names of those among the built-in ones that are started with the host. */
export const STARTED_PROVIDERS: readonly string[] = [
  "weblattice:httpserver",
  "weblattice:keyvalue",
  "weblattice:httpclient",
  "weblattice:logging",
  "weblattice:telnet",
];

/** The providers that a host in an object can make: those of all hosts, on the object's storage, and its own. */
export function edgeProviders(
  storage: ObjectStorage,
  server: EdgeHttpServer,
  telnet: EdgeTelnet,
): readonly BuiltInProvider[] {
  // One for all that share the pairs: it makes changes in turn.
  const records = objectRecords(storage);
  const store = new ObjectStore(storage, "providers");
  const own: readonly BuiltInProvider[] = [
    {
      name: "weblattice:httpserver",
      descriptor: EDGE_HTTP_SERVER,
      description: "Requests to the worker, by path and host name.",
      linkValues: LINK_VALUE_FACTS["weblattice:httpserver"],
      make: () => {
        if (!server.isStarted) return server;
        throw new HostError("provider.already_running", "A worker has one HTTP server, and it runs already");
      },
    },
    {
      name: "weblattice:keyvalue",
      descriptor: OBJECT_KEYVALUE_PROVIDER,
      description: "Counters, texts, lists and sets in the object's storage, shared by all linked actors.",
      make: ({ now }) => new KeyValueProvider({ records, now }),
    },
    {
      name: "weblattice:telnet",
      descriptor: EDGE_TELNET,
      description: "Terminals by WebSocket to the worker.",
      make: () => telnet,
    },
    {
      name: "weblattice:logging",
      descriptor: LOGGING_PROVIDER,
      description: "Lines of actors in the worker's log.",
      make: ({ now }) => new LoggingProvider({ sinks: [new ConsoleSink("debug")], now }),
    },
  ];
  const others = BUILT_IN_PROVIDERS.filter(({ name }) => !own.some((each) => each.name === name));
  const stored = others.map((provider) => ({
    ...provider,
    needsStore: false,
    make: (services: Parameters<BuiltInProvider["make"]>[0]) => provider.make({ ...services, store }),
  }));
  return [...own, ...stored];
}
