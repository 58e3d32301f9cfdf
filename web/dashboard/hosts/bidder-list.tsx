import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Badge } from "../controls/badge.tsx";
import { Button } from "../controls/button.tsx";
import { ErrorNotice } from "../controls/error-notice.tsx";
import { KeyText } from "../controls/key-text.tsx";
import { countText } from "../format/amount.ts";
import { useSession } from "../session/session-context.ts";
import { hostName } from "./host-name.ts";
import type { LatticeWatch } from "./lattice-watch.ts";
import { actorStart, providerStart } from "./sent-command.ts";
import { useCommand } from "./use-command.ts";

/** What hosts were asked for. */
export interface Wanted {
  readonly kind: "actor" | "provider";
  readonly reference: string;
  readonly linkName: string;
}

/** The hosts that would start what was asked for. */
export function BidderList(props: {
  readonly wanted: Wanted;
  readonly hostIds: readonly string[];
  readonly watch: LatticeWatch;
}): JSX.Element {
  const { hostIds, wanted, watch } = props;
  return (
    <div class="bidders">
      <p role="status">
        {hostIds.length === 0
          ? "No host would start it: each runs it already, or lacks a label."
          : `${countText(hostIds.length, "host")} would start it. A bid reserves nothing.`}
      </p>
      {hostIds.length === 0 ? null : (
        <ul aria-label="Hosts that would start it">
          {hostIds.map((hostId) => (
            <Bidder key={hostId} hostId={hostId} wanted={wanted} watch={watch} />
          ))}
        </ul>
      )}
    </div>
  );
}

function Bidder(props: {
  readonly hostId: string;
  readonly wanted: Wanted;
  readonly watch: LatticeWatch;
}): JSX.Element {
  const { hostId, wanted, watch } = props;
  const { kind, reference, linkName } = wanted;
  const { host, description } = useSession();
  const name = hostName(hostId, description.id);
  const start = useCommand(
    watch,
    () =>
      kind === "actor"
        ? host.startActorOn(hostId, reference)
        : host.startProviderOn(hostId, reference, linkName),
    () => (kind === "actor" ? actorStart(hostId, reference) : providerStart(hostId, reference, linkName)),
  );
  const [isTaken, setTaken] = useState(false);
  return (
    <li class="bidder" aria-label={`Bid of ${name}`}>
      <KeyText value={hostId} what={`key of ${name}`} />
      {hostId === description.id ? <Badge tone="info">This tab</Badge> : null}
      <Button
        icon="play"
        label={`Start it on ${name}`}
        disabled={start.busy || isTaken}
        onClick={() => void start.run().then(setTaken)}
      >
        {start.busy ? "Starting…" : isTaken ? "Acknowledged" : "Start there"}
      </Button>
      {start.error === undefined ? null : (
        <ErrorNotice error={start.error} testId="command-error" onDismiss={start.clear} />
      )}
    </li>
  );
}
