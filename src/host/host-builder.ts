import type { ActorRuntime } from "../actors/index.ts";
import type { Authorizer } from "../dispatch/index.ts";
import { HostError } from "../errors/index.ts";
import type { LatticeConnection } from "../lattice/index.ts";
import type { LogSink } from "../telemetry/index.ts";
import { Host } from "./host.ts";
import type { HostOptions } from "./host-options.ts";
import type { Limits } from "./limits.ts";

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
