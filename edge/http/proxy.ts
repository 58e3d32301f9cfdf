import { PROXY_PREFIX, registryProxy } from "../../src/registry/index.ts";
import type { ResolvedEdgeOptions } from "../options.ts";
import { readSettings } from "../settings.ts";

/**
 * Answers a request for the registry proxy, which lets pages of the worker's own origin reach the registries that the
 * configuration names.
 *
 * @returns undefined for other requests, and where it names none.
 * @throws HostError `input.invalid` for variables that are wrong.
 */
export async function proxied(
  request: Request,
  environment: object,
  options: ResolvedEdgeOptions,
): Promise<Response | undefined> {
  if (!new URL(request.url).pathname.startsWith(`${PROXY_PREFIX}/`)) return undefined;
  const settings = readSettings(environment, options.latticeMode);
  const allow = settings.proxiedRegistries ?? options.proxiedRegistries;
  if (allow.length === 0) return undefined;
  const insecure = settings.insecureRegistries ?? options.insecureRegistries;
  // One for each request: nothing of a request that was cut off would ever be counted down.
  return registryProxy({ allow, insecure: insecure.filter((registry) => allow.includes(registry)) })(request);
}
