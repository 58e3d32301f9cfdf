import type { JSX } from "preact";
import { fromErrorRecord } from "../../../src/errors/index.ts";
import type { LatticeDescription } from "../../../src/index.ts";
import { Badge } from "../controls/badge.tsx";
import { Button } from "../controls/button.tsx";
import { Dialog } from "../controls/dialog.tsx";
import { ErrorNotice } from "../controls/error-notice.tsx";
import { momentText } from "../format/time.ts";
import { useSession } from "../session/session-context.ts";
import { useAction } from "../session/use-action.ts";
import { JoinForm } from "./join-form.tsx";
import { embeddedLabel, isOffered, type LatticeOffer } from "./lattice-offer.ts";

/** Joining and leaving a lattice. */
export function LatticeDialog(props: {
  readonly offer: LatticeOffer | undefined;
  readonly onClose: () => void;
}): JSX.Element {
  const { host, description, session } = useSession();
  const { lattice } = description;
  const leave = useAction(host.leave.bind(host));
  const join = useAction(host.join.bind(host));
  // While the form's own attempt runs, the state is already "connecting", but the form must stay for its outcome.
  const showsForm = lattice.state === "standalone" || join.busy;
  const leaveNow = async (): Promise<void> => {
    if (await leave.run()) session.announce("Left the lattice");
  };
  return (
    <Dialog title="Lattice" onClose={props.onClose}>
      {showsForm ? (
        <>
          <p class="lead">
            This host runs on its own. On a lattice, other hosts can call its actors, its actors can call
            theirs, and <code>wash</code> can see and steer it.
          </p>
          {lattice.error === undefined || join.busy || join.error !== undefined ? null : (
            <ErrorNotice error={fromErrorRecord(lattice.error)} subject="Last connection" />
          )}
          <JoinForm
            offer={props.offer}
            join={join}
            onCancel={() => void leave.run()}
            onJoined={props.onClose}
          />
        </>
      ) : (
        <>
          <Membership
            lattice={lattice}
            embedded={isOffered(props.offer, lattice.server) && props.offer?.embedded === true}
          />
          {lattice.error === undefined ? null : (
            <ErrorNotice error={fromErrorRecord(lattice.error)} subject="Last attempt" />
          )}
          {leave.error === undefined ? null : <ErrorNotice error={leave.error} onDismiss={leave.clear} />}
          <div class="form-actions">
            <Button variant="danger" disabled={leave.busy} onClick={() => void leaveNow()}>
              {leave.busy ? "Leaving…" : lattice.state === "connecting" ? "Stop trying" : "Leave lattice"}
            </Button>
          </div>
        </>
      )}
    </Dialog>
  );
}

function Membership(props: {
  readonly lattice: LatticeDescription;
  readonly embedded: boolean;
}): JSX.Element {
  const { state, server, serverVersion, namespace, since } = props.lattice;
  const words = {
    standalone: "Standalone",
    connecting: "Connecting",
    connected: "Connected",
    reconnecting: "Reconnecting",
  };
  return (
    <dl class="facts">
      <dt>State</dt>
      <dd>
        <Badge tone={state === "connected" ? "ok" : "warn"} dot>
          {words[state]}
        </Badge>{" "}
        <span class="muted">since {momentText(since)}</span>
      </dd>
      <dt>Server</dt>
      <dd>
        <code class="break">{server ?? "none"}</code>
        {props.embedded ? <Badge tone="info">{embeddedLabel}</Badge> : null}
      </dd>
      {serverVersion === undefined ? null : (
        <>
          <dt>Server version</dt>
          <dd>{serverVersion}</dd>
        </>
      )}
      <dt>Namespace</dt>
      <dd>
        <code>{namespace}</code>
      </dd>
    </dl>
  );
}
