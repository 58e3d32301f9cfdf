import type { ActorDescription, HostDescription, ProviderDescription } from "../../../src/index.ts";
import type { ProviderChoice } from "../../host-api.ts";

/** The next step for an actor that cannot use one of its capabilities yet. */
export type Suggestion = { readonly contractId: string } & (
  | { readonly step: "link"; readonly provider: ProviderDescription }
  | { readonly step: "start-and-link"; readonly choice: ProviderChoice }
  /** The link is there, but its provider does not run. */
  | { readonly step: "start"; readonly choice: ProviderChoice; readonly linkName: string }
);

/** What would make an actor's capabilities work, as far as this tab can help. */
export function suggestionsFor(
  actor: ActorDescription,
  description: Pick<HostDescription, "providers" | "links">,
  choices: readonly ProviderChoice[],
): readonly Suggestion[] {
  return (actor.capabilities ?? []).flatMap((contractId): readonly Suggestion[] => {
    const links = description.links.filter(
      (link) => link.actorId === actor.key && link.contractId === contractId,
    );
    const choice = choices.find((candidate) => candidate.contractId === contractId);
    if (links.length > 0) {
      const orphan = links.find(
        (link) => link.state === "waiting" && link.providerId === choice?.id && !runs(description, link),
      );
      return orphan === undefined || choice === undefined
        ? []
        : [{ contractId, step: "start", choice, linkName: orphan.linkName }];
    }
    const provider = description.providers.find((candidate) => candidate.contractId === contractId);
    if (provider !== undefined) return [{ contractId, step: "link", provider }];
    return choice === undefined ? [] : [{ contractId, step: "start-and-link", choice }];
  });
}

function runs(
  { providers }: Pick<HostDescription, "providers">,
  link: { readonly providerId: string; readonly linkName: string },
): boolean {
  return providers.some((provider) => provider.id === link.providerId && provider.linkName === link.linkName);
}

/** Whether a link to a provider says nothing without values that only the user knows. */
export function needsValues(providerId: string, choices: readonly ProviderChoice[]): boolean {
  const facts = choices.find(({ id }) => id === providerId)?.linkValues ?? [];
  return facts.some(({ required }) => required === true);
}
