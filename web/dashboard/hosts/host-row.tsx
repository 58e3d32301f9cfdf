import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Badge } from "../controls/badge.tsx";
import { Button } from "../controls/button.tsx";
import { KeyText } from "../controls/key-text.tsx";
import { countText } from "../format/amount.ts";
import { spanText } from "../format/time.ts";
import { useNow } from "../format/use-now.ts";
import type { LinkPrefill } from "../links/link-draft.ts";
import { useSession } from "../session/session-context.ts";
import { CommandList } from "./command-list.tsx";
import { hostName } from "./host-name.ts";
import type { KnownHost } from "./known-host.ts";
import { LabelChips } from "./label-chips.tsx";
import type { LatticeWatch } from "./lattice-watch.ts";
import { ListedActorItem } from "./listed-actor.tsx";
import { ListedProviderItem } from "./listed-provider.tsx";
import type { OpenCommand } from "./sent-command.ts";
import { StartActorForm } from "./start-actor-form.tsx";
import { StartProviderOnForm } from "./start-provider-on-form.tsx";

/** One host of the lattice: who it is, what it runs, and what can be started on it. */
export function HostRow(props: {
  readonly known: KnownHost;
  readonly commands: readonly OpenCommand[];
  /** Whether there is room for everything that it runs. */
  readonly isFew: boolean;
  readonly watch: LatticeWatch;
  readonly onLink: (prefill: LinkPrefill) => void;
}): JSX.Element {
  const { known, watch } = props;
  const ownId = useSession().description.id;
  const [form, setForm] = useState<"actor" | "provider">();
  const name = hostName(known.id, ownId);
  const isGone = known.goneAt !== undefined;
  const toggle = (kind: "actor" | "provider"): void => setForm(form === kind ? undefined : kind);
  return (
    <li
      class="row host"
      aria-label={`Lattice ${name.startsWith("host") ? name : `host: ${name}`}`}
      data-testid={`host-${known.id}`}
    >
      <div class="row-head">
        <div class="row-title">
          <h3>
            <KeyText value={known.id} what={`key of ${name}`} />
          </h3>
          {known.id === ownId ? <Badge tone="info">This tab</Badge> : null}
          <Presence known={known} />
        </div>
        {isGone ? null : (
          <div class="row-actions">
            <Button
              variant="quiet"
              icon="plus"
              label={`Start an actor on ${name}`}
              expanded={form === "actor"}
              onClick={() => toggle("actor")}
            >
              Actor…
            </Button>
            <Button
              variant="quiet"
              icon="plus"
              label={`Start a provider on ${name}`}
              expanded={form === "provider"}
              onClick={() => toggle("provider")}
            >
              Provider…
            </Button>
          </div>
        )}
      </div>
      <LabelChips labels={known.inventory?.labels ?? {}} />
      {form === "actor" && !isGone ? (
        <StartActorForm hostId={known.id} watch={watch} onDone={() => setForm(undefined)} />
      ) : null}
      {form === "provider" && !isGone ? (
        <StartProviderOnForm hostId={known.id} watch={watch} onDone={() => setForm(undefined)} />
      ) : null}
      {isGone ? null : (
        <>
          <CommandList name={name} commands={props.commands} watch={watch} />
          <Inventory {...props} />
        </>
      )}
    </li>
  );
}

function Presence({ known }: { readonly known: KnownHost }): JSX.Element {
  const now = useNow(1_000);
  if (known.goneAt !== undefined) {
    return (
      <Badge tone="bad" dot title="It has not answered the last reading">
        Gone
      </Badge>
    );
  }
  return (
    <>
      {known.tells ? null : (
        <Badge tone="warn" dot title="What it ran when it last told is shown, if it ever did">
          Does not tell what it runs
        </Badge>
      )}
      <span class="muted uptime">up {spanText(now - known.startedAt)}</span>
    </>
  );
}

function Inventory(props: Parameters<typeof HostRow>[0]): JSX.Element | null {
  const { known, watch, onLink } = props;
  const [isOpen, setOpen] = useState(props.isFew); // from then on it is up to the user
  if (known.inventory === undefined) return null;
  const { actors, providers } = known.inventory;
  const summary = `${countText(actors.length, "actor")}, ${countText(providers.length, "provider")}`;
  if (actors.length + providers.length === 0) return <p class="muted">Runs nothing.</p>;
  return (
    <details class="inventory" open={isOpen} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{summary}</summary>
      {!isOpen || actors.length === 0 ? null : (
        <ul class="runs" aria-label="Actors">
          {actors.map((actor) => (
            <ListedActorItem key={actor.id} hostId={known.id} actor={actor} watch={watch} onLink={onLink} />
          ))}
        </ul>
      )}
      {!isOpen || providers.length === 0 ? null : (
        <ul class="runs" aria-label="Providers">
          {providers.map((provider) => (
            <ListedProviderItem
              key={`${provider.id} ${provider.linkName}`}
              hostId={known.id}
              provider={provider}
              watch={watch}
              onLink={onLink}
            />
          ))}
        </ul>
      )}
    </details>
  );
}
