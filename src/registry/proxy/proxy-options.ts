import { HostError } from "../../errors/index.ts";
import { checkRegistries } from "../registry-options.ts";
import type { Fetch } from "../transport.ts";

/** What a {@link registryProxy} may do. */
export interface RegistryProxyOptions {
  /** Registries that may be reached, and token services on ports of their own: exact hosts, with their ports. */
  readonly allow: readonly string[];
  /** Those of them that are reached by plain http. Default: none. */
  readonly insecure?: readonly string[];
  /** Path before the registry. Default: `/registry-proxy`. */
  readonly prefix?: string;
  /** Whether pages may push. Default: false. */
  readonly push?: boolean;
  /** Other origins whose pages may use it, such as `https://app.example.com`. Default: only the proxy's own. */
  readonly origins?: readonly string[];
  /** The largest body, either way. Default: 64 MiB. */
  readonly maxBytes?: number;
  /** Requests at one time; more are refused with 503. Default: 64. */
  readonly maxRequests?: number;
  /** Milliseconds until a registry's answer begins. Default: 30 s. */
  readonly timeoutMs?: number;
  /** Milliseconds between two pieces of a body. Default: 15 s. */
  readonly idleMs?: number;
  /** Default: the platform's. It must let redirects be seen, as those of Node and edge runtimes do. */
  readonly fetch?: Fetch;
}

/** {@link RegistryProxyOptions} with defaults filled in. */
export type ResolvedProxyOptions = Readonly<Required<RegistryProxyOptions>>;

/** Where a proxy is found unless it is told otherwise. */
export const PROXY_PREFIX = "/registry-proxy";

/** Fills in defaults and refuses what cannot work. */
export function resolveProxyOptions(options: RegistryProxyOptions): ResolvedProxyOptions {
  const resolved = {
    insecure: [],
    prefix: PROXY_PREFIX,
    push: false,
    origins: [],
    maxBytes: 64 * 1_048_576,
    maxRequests: 64,
    timeoutMs: 30_000,
    idleMs: 15_000,
    fetch: (url: string, init: RequestInit) => fetch(url, init),
    ...options,
  };
  checkRegistries([...resolved.allow, ...resolved.insecure]);
  if (!/^(\/[\w-]+)+$/.test(resolved.prefix)) {
    throw new HostError(
      "input.invalid",
      "The prefix of a registry proxy must be a path without a slash at its end",
    );
  }
  for (const name of ["maxBytes", "maxRequests", "timeoutMs", "idleMs"] as const) {
    const value = resolved[name];
    if (Number.isSafeInteger(value) && value > 0) continue;
    throw new HostError("input.invalid", `${name} of a registry proxy must be a positive whole number`);
  }
  return Object.freeze(resolved);
}
