import type { HostParts } from "./assemble.ts";
import type { HostDescription } from "./description.ts";
import type { ResolvedHostOptions } from "./host-options.ts";

/** Puts together everything about a host that can be shown. */
export async function describeHost(
  { actors, providers, links, seat, services }: HostParts,
  { labels, limits, runtime }: ResolvedHostOptions,
  identity: Pick<HostDescription, "id" | "startedAt">,
): Promise<HostDescription> {
  return {
    ...identity,
    labels: labels.all(),
    hostCalls: await runtime.hostCalls(),
    lattice: seat.description,
    actors: actors.describe(),
    providers: providers.describe(),
    links: links.describe(),
    counters: services.counters.snapshot(),
    limits,
  };
}
