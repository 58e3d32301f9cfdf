import type { JSX } from "preact";
import type { ActorDescription } from "../../../src/index.ts";
import { Button } from "../controls/button.tsx";
import { ErrorNotice } from "../controls/error-notice.tsx";
import { useSession } from "../session/session-context.ts";
import { useAction } from "../session/use-action.ts";
import { type Suggestion, suggestionsFor } from "./suggestions.ts";

/** Offers the missing link or provider of an actor in one click. */
export function LinkSuggestions({ actor }: { readonly actor: ActorDescription }): JSX.Element | null {
  const { description, choices } = useSession();
  const suggestions = suggestionsFor(actor, description, choices);
  if (suggestions.length === 0) return null;
  return (
    <ul class="suggestions" aria-label={`Next steps for ${actor.name}`}>
      {suggestions.map((suggestion) => (
        <SuggestionRow key={suggestion.contractId} actor={actor} suggestion={suggestion} />
      ))}
    </ul>
  );
}

function SuggestionRow(props: {
  readonly actor: ActorDescription;
  readonly suggestion: Suggestion;
}): JSX.Element {
  const { actor, suggestion } = props;
  const { host, session } = useSession();
  const mend = useAction(async () => {
    if (suggestion.step === "start") {
      await host.startProviderFrom(suggestion.choice.kind, suggestion.linkName);
      return;
    }
    if (suggestion.step === "start-and-link") await host.startProviderFrom(suggestion.choice.kind, "default");
    await host.setLink({
      actorId: actor.key,
      contractId: suggestion.contractId,
      linkName: suggestion.step === "link" ? suggestion.provider.linkName : "default",
      providerId: suggestion.step === "link" ? suggestion.provider.id : suggestion.choice.id,
      values: {},
    });
    session.announce(`${actor.name} linked`);
  });
  const { problem, offer } = suggestionTexts(suggestion);
  return (
    <li class="suggestion">
      <span>
        <code>{suggestion.contractId}</code> {problem}
      </span>
      <Button icon="link" disabled={mend.busy} onClick={() => void mend.run()}>
        {offer}
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
