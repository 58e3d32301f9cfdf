import type { ActorRuntime } from "../actors/index.ts";
import type { Authorizer } from "../dispatch/index.ts";
import { HostError } from "../errors/index.ts";
import type { KeyPair } from "../keys/index.ts";
import type { LatticeConnection } from "../lattice/index.ts";
import type { BuiltInProvider, ProviderRuntime } from "../providers/index.ts";
import type { RegistryOptions } from "../registry/index.ts";
import type { Store } from "../storage/index.ts";
import type { LogSink } from "../telemetry/index.ts";
import { Host } from "./host.ts";
import type { BundledModules, HostOptions } from "./host-options.ts";
import type { ReplicationSettings } from "./lattice-replica.ts";
import type { Limits } from "./limits.ts";
import type { ProviderGrantSettings } from "./provider-granting.ts";

type Draft = { -readonly [Name in keyof HostOptions]: HostOptions[Name] };

/**
 * Builds a {@link Host}, step by step. Every step is optional but the actor runtime. Protocol section 11.1.
 *
 * @example
 * ```ts
 * const host = new HostBuilder().withActorRuntime(runtime).withLabel("zone", "a").build();
 * await host.start();
 * ```
 */
export class HostBuilder {
  readonly #draft: Partial<Draft> = {};
  readonly #labels: Record<string, string> = {};

  /** What runs the guests; the adapters supply one. */
  withActorRuntime(runtime: ActorRuntime): this {
    this.#draft.runtime = runtime;
    return this;
  }

  /** Joins the lattice's RPC plane at start. Default: standalone. */
  withRpcClient(connection: LatticeConnection): this {
    this.#draft.connections = { ...this.#draft.connections, rpc: connection };
    return this;
  }

  /** Takes control commands and publishes events from the start. Default: off. */
  withControlClient(connection: LatticeConnection): this {
    this.#draft.connections = { ...this.#draft.connections, control: connection };
    return this;
  }

  /**
   * Replicates the lattice cache, wire-compatible with first-party hosts, so that this host learns what others knew
   * before it. Default: off. Protocol section 10.4.
   */
  withCacheReplication(connection: LatticeConnection, settings: ReplicationSettings = {}): this {
    this.#draft.connections = { ...this.#draft.connections, cache: connection };
    this.#draft.replication = settings;
    return this;
  }

  /** Namespace prefix of both planes. Default `default`. */
  withNamespace(namespace: string): this {
    this.#draft.namespace = namespace;
    return this;
  }

  /** Milliseconds for an outgoing lattice request. Default 2,000. */
  withRpcTimeout(milliseconds: number): this {
    return this.withLimits({ rpcTimeoutMs: milliseconds });
  }

  /** Decides what the claims do not already forbid. Default: allows all. */
  withAuthorizer(authorizer: Authorizer): this {
    this.#draft.authorizer = authorizer;
    return this;
  }

  /** Takes live updates of running actors. Default: refused. */
  enableLiveUpdates(): this {
    return this.#withUpdates({ enabled: true });
  }

  /** Lets an update change an actor's capabilities. Default: refused. */
  disableStrictUpdateCheck(): this {
    return this.#withUpdates({ strict: false });
  }

  /** Lets an update be signed by another account than the running module. Default: refused. */
  allowUpdatesByOtherIssuers(): this {
    return this.#withUpdates({ sameIssuer: false });
  }

  /** Fetches images tagged `latest`, or without a tag. Default: refused. */
  ociAllowLatest(): this {
    return this.withRegistry({ allowLatest: true });
  }

  /** Registries, as `host:port`, that are reached by plain http. Default: none. */
  ociAllowInsecure(registries: readonly string[]): this {
    return this.withRegistry({ insecure: [...registries] });
  }

  /** How images are fetched: credentials, a proxy, limits. Steps add up. */
  withRegistry(options: Omit<RegistryOptions, "store">): this {
    this.#draft.registry = { ...this.#draft.registry, ...options };
    return this;
  }

  /** Keeps what the host knows of its lattice, and images, across restarts. Default: nothing is kept. */
  withStore(store: Store): this {
    this.#draft.store = store;
    return this;
  }

  /** Providers that can be started by name, in place of the default ones. */
  withProviders(providers: readonly BuiltInProvider[]): this {
    this.#draft.providers = providers;
    return this;
  }

  /** What the environment has for these providers: a lock for a shared store, a way to connect to NATS. */
  withProviderServices(services: NonNullable<HostOptions["providerServices"]>): this {
    this.#draft.providerServices = services;
    return this;
  }

  /** Runs providers that come in signed archives; the adapters supply one. Default: archives are refused. */
  withProviderRuntime(runtime: ProviderRuntime): this {
    this.#draft.providerRuntime = runtime;
    return this;
  }

  /** Adds a label. The first value for a key wins, and core labels cannot be replaced. */
  withLabel(key: string, value: string): this {
    if (!Object.hasOwn(this.#labels, key)) this.#labels[key] = value;
    return this;
  }

  /** Labels that describe the environment, such as `hostcore.arch`; the adapters supply them. */
  withCoreLabels(labels: Readonly<Record<string, string>>): this {
    this.#draft.coreLabels = labels;
    return this;
  }

  /** What providers from archives are granted where a start does not say it, and how. Default: nothing. */
  withProviderGrants(settings: ProviderGrantSettings): this {
    this.#draft.providerGrants = { ...this.#draft.providerGrants, ...settings };
    return this;
  }

  /** Overrides default limits. */
  withLimits(limits: Partial<Limits>): this {
    this.#draft.limits = { ...this.#draft.limits, ...limits };
    return this;
  }

  /** Where log records go. Default: the console. */
  withLogSinks(...sinks: LogSink[]): this {
    this.#draft.logSinks = sinks;
    return this;
  }

  /** The clock, in milliseconds since the epoch. Default `Date.now`. */
  withClock(now: () => number): this {
    this.#draft.now = now;
    return this;
  }

  /** The host's identity, a server key. Default: a new one, made at start. */
  withKey(key: KeyPair): this {
    this.#draft.key = key;
    return this;
  }

  /** Modules that the environment brings along under references of its own. */
  withBundledModules(bundled: BundledModules): this {
    this.#draft.bundled = bundled;
    return this;
  }

  /** Leaves the time of heartbeats to the caller of `Host.beat`. Default: the host keeps it. */
  withCallersHeartbeat(): this {
    this.#draft.heartbeat = "caller";
    return this;
  }

  /**
   * Called before each call that needs a lattice: it may join one. What it resolves with is called after the call, so
   * that nobody leaves in the middle of one. Default: without a lattice such calls fail.
   */
  withLatticeOnDemand(join: () => Promise<(() => void) | undefined>): this {
    this.#draft.onLatticeNeeded = join;
    return this;
  }

  #withUpdates(updates: NonNullable<HostOptions["updates"]>): this {
    this.#draft.updates = { ...this.#draft.updates, ...updates };
    return this;
  }

  /** @throws HostError `input.invalid` if there is no runtime, or an option does not fit. */
  build(): Host {
    const { runtime, ...rest } = this.#draft;
    if (runtime === undefined) {
      throw new HostError("input.invalid", "A host needs an actor runtime", {
        hint: "Call withActorRuntime with that of weblattice/web or weblattice/node.",
      });
    }
    return new Host({ ...rest, runtime, labels: { ...this.#labels } });
  }
}
