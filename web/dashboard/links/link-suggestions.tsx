import type { JSX } from "preact";
import type { ActorDescription } from "../../../src/index.ts";
import { Button } from "../controls/button.tsx";
import { ErrorNotice } from "../controls/error-notice.tsx";
import { useSession } from "../session/session-context.ts";
import { useAction } from "../session/use-action.ts";
import type { LinkPrefill } from "./link-draft.ts";
import { needsValues, type Suggestion, suggestionsFor } from "./suggestions.ts";

/** Offers the missing link or provider of an actor in one click; links that need values go on in the form. */
export function LinkSuggestions(props: {
  readonly actor: ActorDescription;
  readonly onLink: (prefill: LinkPrefill) => void;
}): JSX.Element | null {
  const { actor, onLink } = props;
  const { description, choices } = useSession();
  const suggestions = suggestionsFor(actor, description, choices);
  if (suggestions.length === 0) return null;
  return (
    <ul class="suggestions" aria-label={`Next steps for ${actor.name}`}>
      {suggestions.map((suggestion) => (
        <SuggestionRow key={suggestion.contractId} actor={actor} suggestion={suggestion} onLink={onLink} />
      ))}
    </ul>
  );
}

function SuggestionRow(props: {
  readonly actor: ActorDescription;
  readonly suggestion: Suggestion;
  readonly onLink: (prefill: LinkPrefill) => void;
}): JSX.Element {
  const { actor, suggestion, onLink } = props;
  const { host, session, choices } = useSession();
  const link = {
    actorId: actor.key,
    contractId: suggestion.contractId,
    linkName: suggestion.step === "link" ? suggestion.provider.linkName : "default",
    providerId: suggestion.step === "link" ? suggestion.provider.id : suggestion.choice.id,
  };
  const goesOn = suggestion.step !== "start" && needsValues(link.providerId, choices);
  const mend = useAction(async () => {
    if (suggestion.step === "start") {
      await host.startProviderFrom(suggestion.choice.kind, suggestion.linkName);
      return;
    }
    if (suggestion.step === "start-and-link") await host.startProviderFrom(suggestion.choice.kind, "default");
    if (goesOn) return;
    await host.setLink({ ...link, values: {} });
    session.announce(`${actor.name} linked`);
  });
  const run = async (): Promise<void> => {
    if ((await mend.run()) && goesOn) onLink(link);
  };
  const { problem, offer } = suggestionTexts(suggestion);
  return (
    <li class="suggestion">
      <span>
        <code>{suggestion.contractId}</code> {problem}
      </span>
      <Button icon="link" disabled={mend.busy} onClick={() => void run()}>
        {offer}
        {goesOn ? "…" : ""}
      </Button>
      {mend.error === undefined ? null : <ErrorNotice error={mend.error} onDismiss={mend.clear} />}
    </li>
  );
}

function suggestionTexts(suggestion: Suggestion): { readonly problem: string; readonly offer: string } {
  switch (suggestion.step) {
    case "link":
      return { problem: "is not linked yet.", offer: `Link to ${suggestion.provider.name}` };
    case "start-and-link":
      return { problem: "has no provider here yet.", offer: `Start ${suggestion.choice.title} and link` };
    case "start":
      return {
        problem: "is linked to a provider that does not run.",
        offer: `Start ${suggestion.choice.title}`,
      };
  }
}
