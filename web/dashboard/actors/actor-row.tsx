import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { ActorDescription } from "../../../src/index.ts";
import { HealthBadge } from "../controls/badge.tsx";
import { Button } from "../controls/button.tsx";
import { ConfirmButton } from "../controls/confirm-button.tsx";
import { ErrorNotice } from "../controls/error-notice.tsx";
import { KeyText } from "../controls/key-text.tsx";
import type { LinkPrefill } from "../links/link-draft.ts";
import { LinkSuggestions } from "../links/link-suggestions.tsx";
import { ServedAt } from "../links/served-at.tsx";
import { useSession } from "../session/session-context.ts";
import { useAction } from "../session/use-action.ts";
import { terminalLinks } from "../terminal/terminal-links.ts";
import { ActorFigures, Capabilities } from "./actor-facts.tsx";
import { ActorLogDialog } from "./actor-log-dialog.tsx";
import { ExpiryBadge } from "./expiry-badge.tsx";
import { UpdateActorForm } from "./update-actor-form.tsx";

/** One actor: what it is, how it fares, and what can be done with it. */
export function ActorRow(props: {
  readonly actor: ActorDescription;
  readonly onCall: (key: string) => void;
  readonly onLink: (prefill: LinkPrefill) => void;
}): JSX.Element {
  const { actor } = props;
  const { host, session, description, choices } = useSession();
  const terminal = terminalLinks(description, choices).find(({ actorId }) => actorId === actor.key);
  const [showsLog, setShowsLog] = useState(false);
  const [isUpdating, setUpdating] = useState(false);
  const stop = useAction(async () => {
    await host.stopActor(actor.key);
    session.announce(`${actor.name} stopped`);
  });
  return (
    <li class="row" data-testid={`actor-${actor.key}`} aria-label={actor.name}>
      <div class="row-head">
        <div class="row-title">
          <h3>{actor.name}</h3>
          <HealthBadge health={actor.health} />
          {actor.expires === undefined ? null : <ExpiryBadge expires={actor.expires} />}
        </div>
        <div class="row-actions">
          <Button
            variant="quiet"
            icon="terminal"
            label={`Call ${actor.name}`}
            onClick={() => props.onCall(actor.key)}
          >
            Call…
          </Button>
          {terminal === undefined ? null : (
            <Button
              variant="quiet"
              icon="screen"
              label={`Terminal of ${actor.name}`}
              onClick={() => session.terminals.open(actor, terminal.linkName)}
            >
              Terminal
            </Button>
          )}
          <Button
            variant="quiet"
            icon="list"
            label={`Log of ${actor.name}`}
            onClick={() => setShowsLog(true)}
          >
            Log
          </Button>
          <Button
            variant="quiet"
            icon="upload"
            label={`Update ${actor.name}`}
            expanded={isUpdating}
            onClick={() => setUpdating(!isUpdating)}
          >
            Update…
          </Button>
          <ConfirmButton
            text="Stop"
            icon="stop"
            label={`Stop ${actor.name}`}
            question={`Stop ${actor.name}?`}
            busy={stop.busy}
            onConfirm={() => void stop.run()}
          />
        </div>
      </div>
      {isUpdating ? <UpdateActorForm actor={actor} onDone={() => setUpdating(false)} /> : null}
      <div class="row-meta">
        <KeyText value={actor.key} what={`key of ${actor.name}`} />
        <span>
          rev {actor.revision}
          {actor.version === undefined ? "" : ` · ${actor.version}`}
        </span>
        {actor.callAlias === undefined ? null : (
          <span>
            <span class="muted">alias</span> <code>{actor.callAlias}</code>
          </span>
        )}
        <Capabilities actor={actor} />
      </div>
      {actor.health.state === "unhealthy" ? <p class="row-reason bad">{actor.health.reason}</p> : null}
      <ServedAt actor={actor.key} />
      <ActorFigures actor={actor} />
      <LinkSuggestions actor={actor} onLink={props.onLink} />
      {stop.error === undefined ? null : <ErrorNotice error={stop.error} onDismiss={stop.clear} />}
      {showsLog ? <ActorLogDialog actor={actor} onClose={() => setShowsLog(false)} /> : null}
    </li>
  );
}
