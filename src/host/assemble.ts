import { InstanceBudget } from "../actors/index.ts";
import { type CallRecord, Dispatcher } from "../dispatch/index.ts";
import type { KeyPair } from "../keys/index.ts";
import { LatticeCache } from "../lattice/index.ts";
import { RegistryClient } from "../registry/index.ts";
import { Counters, Logger } from "../telemetry/index.ts";
import { ActorManager } from "./actor-manager.ts";
import { arrivalEvents } from "./arrival.ts";
import { ArtifactSource } from "./artifact-source.ts";
import { controlView } from "./control-view.ts";
import type { CoreServices } from "./core-services.ts";
import { EventBus } from "./event-bus.ts";
import type { ResolvedHostOptions } from "./host-options.ts";
import { LatticeSeat } from "./lattice-seat.ts";
import { Launcher } from "./launcher.ts";
import { LinkManager } from "./link-manager.ts";
import { ProviderArchives } from "./provider-archives.ts";
import { ProviderManager } from "./provider-manager.ts";
import { Terminals } from "./terminals.ts";

/** The parts of one host. */
export interface HostParts {
  readonly services: CoreServices;
  readonly actors: ActorManager;
  readonly providers: ProviderManager;
  readonly links: LinkManager;
  readonly launcher: Launcher;
  readonly registry: RegistryClient;
  readonly seat: LatticeSeat;
  readonly terminals: Terminals;
}

/** What the parts learn when the host is started. */
export interface HostIdentity {
  /** @throws HostError `host.not_started`, `host.stopped`. */
  readonly key: () => KeyPair;
  /** Milliseconds since the epoch. */
  readonly startedAt: () => number;
}

/** Makes the parts of a host and connects them to each other. Nothing runs yet. */
export function assembleHost(options: ResolvedHostOptions, identity: HostIdentity): HostParts {
  const { limits, now, labels } = options;
  const services = makeServices(options, (tell) => seat.announce(tell));
  const actors = new ActorManager(services, options.updates);
  const providers = new ProviderManager(services);
  const links = new LinkManager(services, (id, linkName) => providers.find(id, linkName));
  const registry = new RegistryClient(options.registry);
  const launcher = new Launcher({
    actors,
    providers,
    links,
    artifacts: new ArtifactSource({ registry, maxBytes: limits.moduleBytes }),
    bundled: options.bundled,
    archives: new ProviderArchives({
      runtime: options.providerRuntime,
      builtIn: options.providers,
      granting: options.granting,
      guests: {
        runtime: services.runtime,
        budget: services.budget,
        maxMemoryBytes: limits.memoryBytes,
        now,
      },
      limits,
      now,
      logger: services.logger,
    }),
    builtIn: options.providers,
    lacking: options.lackingProviders,
    providerServices: {
      ...options.providerServices,
      logSinks: options.logSinks,
      logger: services.logger.scoped("provider"),
      counters: services.counters,
      now,
    },
  });
  const seat: LatticeSeat = new LatticeSeat({
    services,
    links,
    namespace: options.namespace,
    replication: options.replication,
    key: identity.key,
    host: () =>
      controlView({
        id: identity.key().publicKey,
        startedAt: identity.startedAt(),
        services,
        actors,
        providers,
        launcher,
        labels,
      }),
    claims: () => actors.claims(),
    arrival: () => arrivalEvents(actors.describe(), providers.describe()),
  });
  const terminals = new Terminals(providers, services.events);
  return { services, actors, providers, links, launcher, registry, seat, terminals };
}

function makeServices(options: ResolvedHostOptions, announce: CoreServices["announce"]): CoreServices {
  const { limits, now, authorizer, runtime, logSinks } = options;
  const logger = new Logger(logSinks, "host", now);
  const events = new EventBus(logger, now);
  const cache = new LatticeCache();
  const counters = new Counters();
  const { callDeadlineMs, rpcTimeoutMs, payloadBytes } = limits;
  const dispatcher = new Dispatcher({
    cache,
    authorizer,
    counters,
    now,
    callDeadlineMs,
    rpcTimeoutMs,
    payloadBytes,
    onLatticeNeeded: options.onLatticeNeeded,
    onCall: (call: CallRecord) => events.emit({ type: "call", call }),
  });
  const budget = new InstanceBudget(runtime.maxInstances);
  return { runtime, budget, cache, dispatcher, authorizer, events, logger, counters, limits, now, announce };
}
