import { HostError } from "../errors/index.ts";
import type { Store } from "../storage/index.ts";
import type { Logger } from "../telemetry/index.ts";
import type { FindCredentials } from "./authorizer.ts";
import { isRegistry } from "./image-reference.ts";
import type { Fetch } from "./transport.ts";

/** How a {@link RegistryClient} works. Every option has a default. */
export interface RegistryOptions {
  /** Whether images tagged `latest`, or not tagged, may be pulled. Default: false. */
  readonly allowLatest?: boolean;
  /** Registries reached by plain http: the text before the first slash of a reference. Default: none. */
  readonly insecure?: readonly string[];
  /** Who we are to a registry. They go to that registry and to its token service only. Default: nobody. */
  readonly credentials?: FindCredentials;
  /** Keeps what was pulled, by digest. A tag is asked for each time. Default: nothing is kept. */
  readonly store?: Store;
  /** Bytes kept in the store; what was not used for the longest time goes first. Default: 256 MiB. */
  readonly cacheBytes?: number;
  /** The largest manifest. Default: 4 MiB. */
  readonly manifestBytes?: number;
  /** All layers of an image together. Default: 64 MiB. */
  readonly blobBytes?: number;
  /** Milliseconds until the answer to a request begins. Default: 30 s; uploads get 1 s more for every 16 KiB. */
  readonly timeoutMs?: number;
  /** Milliseconds between two pieces of a body. Default: 15 s. */
  readonly idleMs?: number;
  /**
   * The whole address to send a request to instead, such as {@link throughRegistryProxy} gives; undefined for the
   * address itself. Default: none.
   */
  readonly proxy?: (url: string) => string | undefined;
  /** Default: the platform's. */
  readonly fetch?: Fetch;
  /** Told when the store fails. Default: nobody. */
  readonly log?: Logger;
}

/** {@link RegistryOptions} with defaults filled in. */
export interface ResolvedRegistryOptions
  extends Readonly<Required<Omit<RegistryOptions, "store" | "log">>>,
    Pick<RegistryOptions, "store" | "log"> {}

const MEBIBYTE = 1_048_576;

/** Fills in defaults and refuses what cannot work. */
export function resolveRegistryOptions(options: RegistryOptions): ResolvedRegistryOptions {
  const resolved = {
    allowLatest: false,
    insecure: [],
    credentials: () => undefined,
    cacheBytes: 256 * MEBIBYTE,
    manifestBytes: 4 * MEBIBYTE,
    blobBytes: 64 * MEBIBYTE,
    timeoutMs: 30_000,
    idleMs: 15_000,
    proxy: () => undefined,
    fetch: (url: string, init: RequestInit) => fetch(url, init),
    ...options,
  };
  for (const name of ["cacheBytes", "manifestBytes", "blobBytes", "timeoutMs", "idleMs"] as const) {
    const value = resolved[name];
    if (Number.isSafeInteger(value) && value > 0) continue;
    throw new HostError("input.invalid", `${name} of a registry client must be a positive whole number`);
  }
  checkRegistries(resolved.insecure);
  return Object.freeze(resolved);
}

/** @throws HostError `input.invalid` for what is not the name of a registry */
export function checkRegistries(registries: readonly string[]): void {
  const wrong = registries.find((registry) => !isRegistry(registry));
  if (wrong === undefined) return;
  throw new HostError("input.invalid", `"${wrong.slice(0, 255)}" is not the name of a registry`, {
    hint: "Give its host, and its port where references have one: localhost:5000.",
  });
}
