import type { ActorRuntime } from "../actors/index.ts";
import { ALLOW_ALL, type Authorizer } from "../dispatch/index.ts";
import { HostError } from "../errors/index.ts";
import { DEFAULT_NAMESPACE, latticeSubjects } from "../lattice/index.ts";
import { ConsoleSink, type LogSink } from "../telemetry/index.ts";
import type { LatticeConnections } from "./lattice-membership.ts";
import { checkLimit, DEFAULT_LIMITS, type Limits } from "./limits.ts";

/** What a host is made from. */
export interface HostOptions {
  /** Runs the guests. */
  readonly runtime: ActorRuntime;
  /** Planes to join at start; default none: standalone. The connections stay the giver's to close. */
  readonly connections?: LatticeConnections;
  /** Namespace prefix of the lattice; default `default`. */
  readonly namespace?: string;
  /** Default: what the claims allow. */
  readonly authorizer?: Authorizer;
  readonly labels?: Readonly<Record<string, string>>;
  /** Labels that no other label replaces, such as `hostcore.os`. Supplied by the environment's adapter. */
  readonly coreLabels?: Readonly<Record<string, string>>;
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
  readonly namespace: string;
  readonly authorizer: Authorizer;
  readonly labels: Readonly<Record<string, string>>;
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
  const labels: Readonly<Record<string, string>> = Object.freeze({
    ...options.labels,
    ...options.coreLabels,
  });
  for (const [key, value] of Object.entries(labels)) {
    if (key !== "" && key.length <= 256 && typeof value === "string" && value.length <= 4_096) continue;
    throw new HostError("input.invalid", `The label "${key.slice(0, 256)}" is empty, too long or not a text`);
  }
  return Object.freeze({
    runtime: options.runtime,
    connections: options.connections ?? {},
    namespace,
    authorizer: options.authorizer ?? ALLOW_ALL,
    labels,
    limits,
    logSinks: options.logSinks ?? [new ConsoleSink()],
    now: options.now ?? Date.now,
  });
}
