import type { HostEventBody } from "../events/index.ts";
import type { ActorDescription, ProviderDescription } from "./description.ts";

/** What a lattice that is joined later has not heard of. The extras are never told, as by first-party hosts. */
export function arrivalEvents(
  actors: readonly ActorDescription[],
  providers: readonly ProviderDescription[],
): HostEventBody[] {
  return [
    { type: "host_started" },
    ...actors.map(
      ({ key, name, reference }): HostEventBody => ({
        type: "actor_started",
        actor: key,
        name,
        ...(reference === undefined ? {} : { reference }),
      }),
    ),
    ...providers
      .filter(({ onLattice }) => onLattice)
      .map(
        ({ id, contractId, linkName, name, reference }): HostEventBody => ({
          type: "provider_started",
          provider: id,
          contractId,
          linkName,
          name,
          ...(reference === undefined ? {} : { reference }),
        }),
      ),
  ];
}
