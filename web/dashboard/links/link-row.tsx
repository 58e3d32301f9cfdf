import type { JSX } from "preact";
import type { LinkDescription } from "../../../src/index.ts";
import { Badge, Chip, type Tone } from "../controls/badge.tsx";
import { ConfirmButton } from "../controls/confirm-button.tsx";
import { ErrorNotice } from "../controls/error-notice.tsx";
import { Icon } from "../controls/icon.tsx";
import { useSession } from "../session/session-context.ts";
import { useAction } from "../session/use-action.ts";
import { LinkValues } from "./link-values.tsx";
import { ServedAt } from "./served-at.tsx";

const states: Readonly<Record<LinkDescription["state"], { readonly tone: Tone; readonly text: string }>> = {
  bound: { tone: "ok", text: "Bound" },
  waiting: { tone: "warn", text: "Waiting" },
  refused: { tone: "bad", text: "Refused" },
};

/** One link: who may use what under which name. */
export function LinkRow({ link }: { readonly link: LinkDescription }): JSX.Element {
  const { host, session } = useSession();
  const { actorId, contractId, linkName } = link;
  const actor = session.names.nameOf(actorId);
  const provider = session.names.nameOf(link.providerId);
  const remove = useAction(async () => {
    await host.removeLink(actorId, contractId, linkName);
    session.announce(`Link from ${actor} to ${provider} removed`);
  });
  const { tone, text } = states[link.state];
  return (
    <li
      class="row link-row"
      data-testid={`link-${actorId}-${contractId}-${linkName}`}
      data-state={link.state}
      aria-label={`Link from ${actor} to ${provider}`}
    >
      <div class="row-head">
        <div class="link-ends">
          <strong title={actorId}>{actor}</strong>
          <Icon name="arrow" />
          <strong title={link.providerId}>{provider}</strong>
          <Badge tone={tone} dot {...(link.reason === undefined ? {} : { title: link.reason })}>
            {text}
          </Badge>
        </div>
        <div class="row-actions">
          <ConfirmButton
            text="Remove"
            icon="close"
            label={`Remove link from ${actor} to ${provider}`}
            question="Remove this link?"
            busy={remove.busy}
            onConfirm={() => void remove.run()}
          />
        </div>
      </div>
      <div class="row-meta">
        <Chip title="Contract">{contractId}</Chip>
        <span>
          <span class="muted">link name</span> <code>{linkName}</code>
        </span>
      </div>
      {link.reason === undefined ? null : (
        <p class={`row-reason ${link.state === "refused" ? "bad" : "warn"}`}>{link.reason}</p>
      )}
      {contractId === "wasmcloud:httpserver" ? <ServedAt actor={actorId} /> : null}
      <LinkValues values={link.values} />
      {remove.error === undefined ? null : <ErrorNotice error={remove.error} onDismiss={remove.clear} />}
    </li>
  );
}
