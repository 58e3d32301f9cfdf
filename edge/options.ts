import { HostError } from "../src/errors/index.ts";
import type { Limits, UpdatePolicy } from "../src/host/index.ts";
import { isPublicKey } from "../src/keys/index.ts";
import { isRegistry } from "../src/registry/index.ts";
import type { BundledActor } from "./actors/bundled-actor.ts";
import type { LatticeMode } from "./settings.ts";

/** Which requests an actor gets. */
export interface EdgeRoute {
  /** The actor's name among those of the worker, or its `M…` key. */
  readonly actor: string;
  /**
   * `/shop` stands for `/shop` and all below it, and is taken off what the actor sees; several are parted by commas.
   * Default `/`: all paths.
   */
  readonly path?: string;
  /** Host name; several are parted by commas. Default: any. */
  readonly host?: string;
}

/** A link from an actor to a provider. */
export interface EdgeLink {
  /** The actor's name among those of the worker, or its `M…` key. */
  readonly actor: string;
  readonly contract: string;
  /** The provider's `V…` key; default: the one of this adapter for that contract. */
  readonly provider?: string;
  /** Default `default`. */
  readonly linkName?: string;
  readonly values?: Readonly<Record<string, string>>;
}

/** What {@link edgeHost} is told. Addresses, credentials, labels and the manifest come from the worker's variables. */
export interface EdgeHostOptions {
  /** What the imports of signed `.wasm` files gave, by the names to start them by. All are started. */
  readonly actors?: Readonly<Record<string, BundledActor>>;
  readonly routes?: readonly EdgeRoute[];
  readonly links?: readonly EdgeLink[];
  /**
   * Registries, as `host:port`, that the worker hands to pages under `/registry-proxy`, with which it may share an
   * origin. Default: none, and no such path. The variable `REGISTRY_PROXY` wins.
   */
  readonly proxiedRegistries?: readonly string[];
  /** Registries that are reached by plain http. Default: none. The variable `INSECURE_REGISTRIES` wins. */
  readonly insecureRegistries?: readonly string[];
  /** Live updates of running actors; default as on all hosts: none. */
  readonly updates?: Partial<UpdatePolicy>;
  /** Default `resident`; the variable `LATTICE_MODE` wins. */
  readonly latticeMode?: LatticeMode;
  /** Overrides of the host's limits. Defaults that differ from other hosts: guest memory 64 MiB, payload 4 MiB. */
  readonly limits?: Partial<Limits>;
  /** Bytes of a request's body; default 1,048,576. */
  readonly maxBodyBytes?: number;
  /** Milliseconds from a request to its response, all included; default 10,000. */
  readonly requestMs?: number;
  /** Instances of one actor that serve HTTP at one time in one isolate; default 32. */
  readonly instances?: number;
  /** Terminals of one actor at one time; default 256. */
  readonly sessions?: number;
  /** Milliseconds for which a worker goes by what its object told it of routes and running actors; default 1,000. */
  readonly tableMs?: number;
  /** Milliseconds between heartbeats, kept by alarms; default 25,000. Less than 60,000 keeps the object awake. */
  readonly heartbeatMs?: number;
  /** Milliseconds for which a host that has joined on demand stays; default 5,000. */
  readonly lingerMs?: number;
  /** Name of the object within its namespace: one host each. Default `host`. */
  readonly objectName?: string;
}

/** Options with every default in place. */
export type ResolvedEdgeOptions = Required<EdgeHostOptions>;

const NUMBERS = [
  "maxBodyBytes",
  "requestMs",
  "instances",
  "sessions",
  "tableMs",
  "heartbeatMs",
  "lingerMs",
] as const;
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** @throws HostError `input.invalid`. */
export function resolveEdgeOptions(options: EdgeHostOptions): ResolvedEdgeOptions {
  const resolved: ResolvedEdgeOptions = {
    actors: {},
    routes: [],
    links: [],
    proxiedRegistries: [],
    insecureRegistries: [],
    updates: {},
    latticeMode: "resident",
    maxBodyBytes: 1_048_576,
    requestMs: 10_000,
    instances: 32,
    sessions: 256,
    tableMs: 1_000,
    heartbeatMs: 25_000,
    lingerMs: 5_000,
    objectName: "host",
    ...options,
    limits: { memoryBytes: 64 * 1024 * 1024, payloadBytes: 4 * 1024 * 1024, ...options.limits },
  };
  for (const name of NUMBERS) {
    const value = resolved[name];
    if (Number.isSafeInteger(value) && value > 0 && value <= 0x7fffffff) continue;
    throw new HostError("input.invalid", `The option ${name} must be a whole number from 1 to 2,147,483,647`);
  }
  for (const registry of [...resolved.proxiedRegistries, ...resolved.insecureRegistries]) {
    if (!isRegistry(registry)) throw new HostError("input.invalid", `"${registry}" is no registry`);
  }
  for (const [name, actor] of Object.entries(resolved.actors)) {
    if (!NAME.test(name)) throw new HostError("input.invalid", `"${name}" is no name for an actor`);
    if (typeof actor === "object" && actor.module instanceof WebAssembly.Module) continue;
    throw new HostError("input.invalid", `The actor ${name} was not built by weblattice/edge/vite`, {
      hint: "Import its signed .wasm file, and build the worker with that plugin.",
    });
  }
  for (const { actor } of [...resolved.routes, ...resolved.links]) {
    if (Object.hasOwn(resolved.actors, actor) || isPublicKey(actor, "module")) continue;
    throw new HostError(
      "input.invalid",
      `A route or link names the actor "${actor.slice(0, 100)}", which is neither in actors nor a key`,
      {
        hint: "Give one of the names in actors, or the M… key of an actor that is started otherwise.",
      },
    );
  }
  return Object.freeze(resolved);
}
