import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { HostDescription, ListedActor } from "../../../src/index.ts";
import { Button } from "../controls/button.tsx";
import { ConfirmButton } from "../controls/confirm-button.tsx";
import { ErrorNotice } from "../controls/error-notice.tsx";
import { shortKey } from "../format/key.ts";
import type { LinkPrefill } from "../links/link-draft.ts";
import { useSession } from "../session/session-context.ts";
import { hostName } from "./host-name.ts";
import type { LatticeWatch } from "./lattice-watch.ts";
import { ListedFacts } from "./listed-facts.tsx";
import { ReferenceForm } from "./reference-form.tsx";
import { actorStop, actorUpdate } from "./sent-command.ts";
import { useCommand } from "./use-command.ts";

/** The contract that an actor is not linked for, if it is the only one. Only hosts that run an actor tell its contracts. */
function missingContract(key: string, { actors, links }: HostDescription): LinkPrefill {
  const all = actors.find((actor) => actor.key === key)?.capabilities ?? [];
  const [contractId, ...more] = all.filter(
    (contract) => !links.some((link) => link.actorId === key && link.contractId === contract),
  );
  return contractId === undefined || more.length > 0 ? {} : { contractId };
}

/** An actor that a host says it runs. */
export function ListedActorItem(props: {
  readonly hostId: string;
  readonly actor: ListedActor;
  readonly watch: LatticeWatch;
  readonly onLink: (prefill: LinkPrefill) => void;
}): JSX.Element {
  const { hostId, actor, watch } = props;
  const { host, description } = useSession();
  const [isUpdating, setUpdating] = useState(false);
  const name = actor.name ?? shortKey(actor.id);
  const place = hostName(hostId, description.id);
  const stop = useCommand(
    watch,
    () => host.stopActorOn(hostId, actor.id),
    () => actorStop(hostId, actor.id, name),
  );
  const update = useCommand(
    watch,
    (reference: string) => host.updateActorOn(hostId, actor.id, reference),
    () => actorUpdate(hostId, actor, name),
  );
  return (
    <li class="run" aria-label={`${name} on ${place}`}>
      <div class="row-head">
        <ListedFacts what={actor} name={name} />
        <div class="row-actions">
          <Button
            variant="quiet"
            icon="upload"
            label={`Update ${name} on ${place}`}
            expanded={isUpdating}
            onClick={() => setUpdating(!isUpdating)}
          >
            Update…
          </Button>
          <Button
            variant="quiet"
            icon="link"
            label={`Link ${name} on ${place}`}
            onClick={() => props.onLink({ actorId: actor.id, ...missingContract(actor.id, description) })}
          >
            Link…
          </Button>
          <ConfirmButton
            text="Stop"
            icon="stop"
            label={`Stop ${name} on ${place}`}
            question={`Stop ${name}?`}
            busy={stop.busy}
            onConfirm={() => void stop.run()}
          />
        </div>
      </div>
      {isUpdating ? (
        <ReferenceForm
          title={`Update ${name} on ${place}`}
          label="New reference"
          hint={`A higher revision than ${actor.revision} of the same actor, that this host can reach. Hosts refuse images tagged latest.`}
          button={{ idle: "Update", busy: "Updating…" }}
          action={update}
          onDone={() => setUpdating(false)}
        />
      ) : null}
      {stop.error === undefined ? null : (
        <ErrorNotice error={stop.error} testId="command-error" onDismiss={stop.clear} />
      )}
    </li>
  );
}
