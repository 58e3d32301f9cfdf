import type { JSX } from "preact";
import { Button } from "../controls/button.tsx";
import { Icon } from "../controls/icon.tsx";
import { useNow } from "../format/use-now.ts";
import type { LatticeWatch } from "./lattice-watch.ts";
import { type OpenCommand, OVERDUE_MS } from "./sent-command.ts";

/** The commands that a host has acknowledged and that have not come about as far as its inventory tells. */
export function CommandList(props: {
  readonly name: string;
  readonly commands: readonly OpenCommand[];
  readonly watch: LatticeWatch;
}): JSX.Element | null {
  if (props.commands.length === 0) return null;
  return (
    <ul class="commands" aria-label={`Commands to ${props.name}`}>
      {props.commands.map((command) => (
        <CommandItem key={command.id} command={command} watch={props.watch} />
      ))}
    </ul>
  );
}

function CommandItem(props: { readonly command: OpenCommand; readonly watch: LatticeWatch }): JSX.Element {
  const { command, watch } = props;
  const isOverdue = useNow(500) - command.sentAt >= OVERDUE_MS;
  if (!isOverdue) {
    return (
      <li class="progress" role="status">
        <span class="progress-bar" aria-hidden="true" />
        <span class="break">{command.what}: acknowledged, pending</span>
      </li>
    );
  }
  return (
    <li class="notice notice-warn" role="status">
      <Icon name="alert" />
      <div class="notice-text">
        <p>{command.what}: acknowledged, but not seen: look at that host's log.</p>
      </div>
      <Button
        variant="quiet"
        icon="close"
        label={`Dismiss: ${command.what}`}
        onClick={() => watch.forget(command.id)}
      />
    </li>
  );
}
