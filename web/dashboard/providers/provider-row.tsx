import type { JSX } from "preact";
import type { ProviderDescription } from "../../../src/index.ts";
import { Chip, HealthBadge } from "../controls/badge.tsx";
import { Button } from "../controls/button.tsx";
import { ConfirmButton } from "../controls/confirm-button.tsx";
import { ErrorNotice } from "../controls/error-notice.tsx";
import { KeyText } from "../controls/key-text.tsx";
import { useSession } from "../session/session-context.ts";
import { useAction } from "../session/use-action.ts";
import { terminalLinks } from "../terminal/terminal-links.ts";
import { authorityText } from "./grant-button.tsx";

/** Terminals that are offered here; those of further actors are opened from their rows. */
const mostTerminals = 6;

/** One provider under one link name, and the actors bound to it. */
export function ProviderRow({ provider }: { readonly provider: ProviderDescription }): JSX.Element {
  const { host, session, description, choices } = useSession();
  const terminals = terminalLinks(description, choices).filter(
    ({ providerId, linkName }) => providerId === provider.id && linkName === provider.linkName,
  );
  const stop = useAction(async () => {
    await host.stopProvider(provider.id, provider.linkName);
    session.announce(`${provider.name} stopped`);
  });
  const granted = authorityText(provider.authority);
  return (
    <li class="row" data-testid={`provider-${provider.id}-${provider.linkName}`} aria-label={provider.name}>
      <div class="row-head">
        <div class="row-title">
          <h3>{provider.name}</h3>
          <HealthBadge health={provider.health} />
        </div>
        <div class="row-actions">
          {terminals.slice(0, mostTerminals).map(({ actorId, linkName }) => {
            const name = session.names.nameOf(actorId);
            return (
              <Button
                key={actorId}
                variant="quiet"
                icon="screen"
                onClick={() => session.terminals.open({ key: actorId, name }, linkName)}
              >
                Terminal of {name}
              </Button>
            );
          })}
          <ConfirmButton
            text="Stop"
            icon="stop"
            label={`Stop ${provider.name}`}
            question={`Stop ${provider.name}?`}
            busy={stop.busy}
            onConfirm={() => void stop.run()}
          />
        </div>
      </div>
      <div class="row-meta">
        <KeyText value={provider.id} what={`key of ${provider.name}`} />
        <span>
          rev {provider.revision}
          {provider.version === undefined ? "" : ` · ${provider.version}`}
        </span>
        <Chip title="Contract">{provider.contractId}</Chip>
        <span>
          <span class="muted">link name</span> <code>{provider.linkName}</code>
        </span>
        <span class="muted">{provider.onLattice ? "offered to the lattice" : "this host only"}</span>
      </div>
      {provider.health.state === "unhealthy" ? <p class="row-reason bad">{provider.health.reason}</p> : null}
      <p class="row-note">
        <span class="muted">Bound actors </span>
        {provider.boundActors.length === 0
          ? "none; link one to use it"
          : provider.boundActors.map((key) => session.names.nameOf(key)).join(", ")}
      </p>
      {granted === undefined ? null : (
        <p class="row-note">
          <span class="muted">Granted </span>
          {granted}
        </p>
      )}
      {stop.error === undefined ? null : <ErrorNotice error={stop.error} onDismiss={stop.clear} />}
    </li>
  );
}
