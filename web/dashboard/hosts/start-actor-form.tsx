import type { JSX } from "preact";
import { useSession } from "../session/session-context.ts";
import { hostName } from "./host-name.ts";
import type { LatticeWatch } from "./lattice-watch.ts";
import { ReferenceForm } from "./reference-form.tsx";
import { actorStart } from "./sent-command.ts";
import { useCommand } from "./use-command.ts";

/** Starts an actor on a host, by reference: bytes do not travel. */
export function StartActorForm(props: {
  readonly hostId: string;
  readonly watch: LatticeWatch;
  readonly onDone: () => void;
}): JSX.Element {
  const { hostId, watch } = props;
  const { host, description } = useSession();
  const start = useCommand(
    watch,
    (reference: string) => host.startActorOn(hostId, reference),
    (reference) => actorStart(hostId, reference),
  );
  return (
    <ReferenceForm
      title={`Start an actor on ${hostName(hostId, description.id)}`}
      label="Reference"
      hint="An image reference or http(s) address that this host can reach."
      button={{ idle: "Start", busy: "Starting…" }}
      action={start}
      onDone={props.onDone}
    />
  );
}
