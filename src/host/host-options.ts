import type { ActorRuntime } from "../actors/index.ts";
import type { VerifiedModule } from "../claims/index.ts";
import { ALLOW_ALL, type Authorizer } from "../dispatch/index.ts";
import { HostError } from "../errors/index.ts";
import type { KeyPair } from "../keys/index.ts";
import { DEFAULT_NAMESPACE, latticeSubjects } from "../lattice/index.ts";
import {
  BUILT_IN_PROVIDERS,
  type BuiltInProvider,
  type ProviderRuntime,
  type ProviderServices,
  whatLacks,
} from "../providers/index.ts";
import type { RegistryOptions } from "../registry/index.ts";
import type { Store } from "../storage/index.ts";
import { ConsoleSink, type LogSink } from "../telemetry/index.ts";
import { Labels } from "./labels.ts";
import type { LatticeConnections } from "./lattice-membership.ts";
import type { ReplicationSettings } from "./lattice-replica.ts";
import { checkLimit, DEFAULT_LIMITS, type Limits } from "./limits.ts";
import { ProviderGranting, type ProviderGrantSettings } from "./provider-granting.ts";
import { DEFAULT_UPDATE_POLICY, type UpdatePolicy } from "./update-policy.ts";

/**
 * Finds a module that the environment brings along, by a reference that is not fetched then.
 *
 * @returns undefined for what it does not know: that is fetched.
 * @throws HostError to refuse the reference.
 */
export type BundledModules = (reference: string) => Promise<Uint8Array | VerifiedModule | undefined>;

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
  readonly providerServices?: Pick<
    ProviderServices,
    "blobFiles" | "connect" | "lock" | "startGraphWorker" | "httpFront"
  >;
  /** Runs providers that come in archives; default none: archives are refused. */
  readonly providerRuntime?: ProviderRuntime;
  /** What providers from archives are granted, and how they get it; default nothing. */
  readonly providerGrants?: ProviderGrantSettings;
  /** Overrides of {@link DEFAULT_LIMITS}. */
  readonly limits?: Partial<Limits>;
  /** Where log records go; default the console from `info`. */
  readonly logSinks?: readonly LogSink[];
  /** Milliseconds since the epoch; default `Date.now`. */
  readonly now?: () => number;
  /** The host's identity; default a new one, made at start. */
  readonly key?: KeyPair;
  /** Modules that need not be fetched; default none. */
  readonly bundled?: BundledModules;
  /** Who keeps the time of heartbeats: the host, or its giver by `Host.beat`. Default `host`. */
  readonly heartbeat?: "host" | "caller";
  /**
   * Called before each call that needs a lattice, and waited for: it may join one. What it resolves with is called after
   * the call. For hosts that join on demand. Default: without a lattice such calls fail.
   */
  readonly onLatticeNeeded?: () => Promise<(() => void) | undefined>;
}

/** A provider that cannot be made here. */
export interface LackingProvider {
  readonly provider: BuiltInProvider;
  /** As the end of a sentence. */
  readonly reason: string;
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
  /** Those that cannot, with the reason. */
  readonly lackingProviders: readonly LackingProvider[];
  readonly providerServices: Pick<
    ProviderServices,
    "blobFiles" | "connect" | "lock" | "store" | "startGraphWorker" | "httpFront"
  >;
  readonly providerRuntime: ProviderRuntime | undefined;
  readonly granting: ProviderGranting;
  readonly limits: Limits;
  readonly logSinks: readonly LogSink[];
  readonly now: () => number;
  readonly key: KeyPair | undefined;
  readonly bundled: BundledModules | undefined;
  readonly heartbeat: "host" | "caller";
  readonly onLatticeNeeded: (() => Promise<(() => void) | undefined>) | undefined;
}

/** @throws HostError `input.invalid` for a bad namespace, limit, label or kind of key. */
export function resolveHostOptions(options: HostOptions): ResolvedHostOptions {
  const namespace = options.namespace ?? DEFAULT_NAMESPACE;
  if (options.key !== undefined && options.key.kind !== "server") {
    throw new HostError("input.invalid", "The identity of a host is a server key, which begins with N");
  }
  latticeSubjects(namespace);
  const limits: Limits = Object.freeze({ ...DEFAULT_LIMITS, ...options.limits });
  for (const [name, value] of Object.entries(limits)) checkLimit(name, value);
  const providers = options.providers ?? BUILT_IN_PROVIDERS;
  const providerServices = {
    ...options.providerServices,
    ...(options.store === undefined ? {} : { store: options.store }),
  };
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
    providers: providers.filter((provider) => whatLacks(provider, providerServices) === undefined),
    lackingProviders: providers.flatMap((provider) => {
      const reason = whatLacks(provider, providerServices);
      return reason === undefined ? [] : [{ provider, reason }];
    }),
    providerServices,
    providerRuntime: options.providerRuntime,
    granting: new ProviderGranting(options.providerGrants ?? {}, options.store),
    limits,
    logSinks: options.logSinks ?? [new ConsoleSink()],
    now: options.now ?? Date.now,
    key: options.key,
    bundled: options.bundled,
    heartbeat: options.heartbeat ?? "host",
    onLatticeNeeded: options.onLatticeNeeded,
  });
}
