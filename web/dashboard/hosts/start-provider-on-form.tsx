import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { LinkNameField } from "../controls/link-name-field.tsx";
import { linkNameOf } from "../format/link-name.ts";
import { useSession } from "../session/session-context.ts";
import { hostName } from "./host-name.ts";
import type { LatticeWatch } from "./lattice-watch.ts";
import { ReferenceForm } from "./reference-form.tsx";
import { providerStart } from "./sent-command.ts";
import { useCommand } from "./use-command.ts";

/** Starts a provider on a host, by reference and link name. */
export function StartProviderOnForm(props: {
  readonly hostId: string;
  readonly watch: LatticeWatch;
  readonly onDone: () => void;
}): JSX.Element {
  const { hostId, watch } = props;
  const { host, description, choices } = useSession();
  const [linkName, setLinkName] = useState("default");
  const start = useCommand(
    watch,
    (reference: string) => host.startProviderOn(hostId, reference, linkNameOf(linkName)),
    (reference) => providerStart(hostId, reference, linkNameOf(linkName)),
  );
  return (
    <ReferenceForm
      title={`Start a provider on ${hostName(hostId, description.id)}`}
      label="Reference"
      hint="An image reference or http(s) address of an archive that this host can reach, or the name of a provider that it has built in."
      button={{ idle: "Start", busy: "Starting…" }}
      action={start}
      offers={choices.map(({ kind }) => kind)}
      onDone={props.onDone}
    >
      <LinkNameField value={linkName} onInput={setLinkName} />
    </ReferenceForm>
  );
}
