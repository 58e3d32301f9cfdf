import type { ActorRuntime } from "../actors/index.ts";
import { ALLOW_ALL, type Authorizer } from "../dispatch/index.ts";
import { DEFAULT_NAMESPACE, latticeSubjects } from "../lattice/index.ts";
import {
  BUILT_IN_PROVIDERS,
  type BuiltInProvider,
  type ProviderRuntime,
  type ProviderServices,
} from "../providers/index.ts";
import type { RegistryOptions } from "../registry/index.ts";
import type { Store } from "../storage/index.ts";
import { ConsoleSink, type LogSink } from "../telemetry/index.ts";
import { Labels } from "./labels.ts";
import type { LatticeConnections } from "./lattice-membership.ts";
import type { ReplicationSettings } from "./lattice-replica.ts";
import { checkLimit, DEFAULT_LIMITS, type Limits } from "./limits.ts";
import { DEFAULT_UPDATE_POLICY, type UpdatePolicy } from "./update-policy.ts";

/** What a host is made from. */
export interface HostOptions {
  /** Runs the guests. */
  readonly runtime: ActorRuntime;
  /** Planes to join at start; default none: standalone. The connections stay the giver's to close. */
  readonly connections?: LatticeConnections;
  /** How the lattice cache is replicated where `connections.cache` is given, or a join asks for it. */
  readonly replication?: ReplicationSettings;
  /** Namespace prefix of the lattice; default `default`. */
  readonly namespace?: string;
  /** Default: what the claims allow. */
  readonly authorizer?: Authorizer;
  readonly labels?: Readonly<Record<string, string>>;
  /** Labels that no other label replaces, such as `hostcore.os`. Supplied by the environment's adapter. */
  readonly coreLabels?: Readonly<Record<string, string>>;
  /** Live updates; default none. */
  readonly updates?: Partial<UpdatePolicy>;
  /** How images are fetched; default anonymously, over https, and never those tagged `latest`. */
  readonly registry?: Omit<RegistryOptions, "store">;
  /** Keeps what the host knows of its lattice, and images; default none: it is forgotten at the end. */
  readonly store?: Store;
  /** Providers that the host can make itself; default {@link BUILT_IN_PROVIDERS}. */
  readonly providers?: readonly BuiltInProvider[];
  /** What the environment has for them; default nothing. */
  readonly providerServices?: Pick<ProviderServices, "connect" | "lock">;
  /** Runs providers that come in archives; default none: archives are refused. */
  readonly providerRuntime?: ProviderRuntime;
  /** Overrides of {@link DEFAULT_LIMITS}. */
  readonly limits?: Partial<Limits>;
  /** Where log records go; default the console from `info`. */
  readonly logSinks?: readonly LogSink[];
  /** Milliseconds since the epoch; default `Date.now`. */
  readonly now?: () => number;
}

/** Options with every default in place. */
export interface ResolvedHostOptions {
  readonly runtime: ActorRuntime;
  readonly connections: LatticeConnections;
  readonly replication: ReplicationSettings;
  readonly namespace: string;
  readonly authorizer: Authorizer;
  readonly labels: Labels;
  readonly updates: UpdatePolicy;
  readonly registry: RegistryOptions;
  readonly store: Store | undefined;
  /** Those that can be made here. */
  readonly providers: readonly BuiltInProvider[];
  readonly providerServices: Pick<ProviderServices, "connect" | "lock" | "store">;
  readonly providerRuntime: ProviderRuntime | undefined;
  readonly limits: Limits;
  readonly logSinks: readonly LogSink[];
  readonly now: () => number;
}

/** @throws HostError `input.invalid` for a bad namespace, limit or label. */
export function resolveHostOptions(options: HostOptions): ResolvedHostOptions {
  const namespace = options.namespace ?? DEFAULT_NAMESPACE;
  latticeSubjects(namespace);
  const limits: Limits = Object.freeze({ ...DEFAULT_LIMITS, ...options.limits });
  for (const [name, value] of Object.entries(limits)) checkLimit(name, value);
  return Object.freeze({
    runtime: options.runtime,
    connections: options.connections ?? {},
    replication: options.replication ?? {},
    namespace,
    authorizer: options.authorizer ?? ALLOW_ALL,
    labels: new Labels(options.labels ?? {}, options.coreLabels ?? {}),
    updates: Object.freeze({ ...DEFAULT_UPDATE_POLICY, ...options.updates }),
    registry: { ...options.registry, ...(options.store === undefined ? {} : { store: options.store }) },
    store: options.store,
    providers: (options.providers ?? BUILT_IN_PROVIDERS).filter(
      ({ needsStore = false }) => !needsStore || options.store !== undefined,
    ),
    providerServices: {
      ...options.providerServices,
      ...(options.store === undefined ? {} : { store: options.store }),
    },
    providerRuntime: options.providerRuntime,
    limits,
    logSinks: options.logSinks ?? [new ConsoleSink()],
    now: options.now ?? Date.now,
  });
}
