import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Button } from "../controls/button.tsx";
import { ErrorNotice } from "../controls/error-notice.tsx";
import { Empty, Panel } from "../controls/panel.tsx";
import { clockText } from "../format/time.ts";
import type { LinkPrefill } from "../links/link-draft.ts";
import { useObservable } from "../session/observable.ts";
import { FindHostForm } from "./find-host-form.tsx";
import { HostRow } from "./host-row.tsx";
import { type LatticeReading, type LatticeWatch, READ_EVERY_MS } from "./lattice-watch.ts";

/** Every host of the lattice with what runs on it, and what can be done there. */
export function HostsPanel(props: {
  readonly watch: LatticeWatch;
  readonly onLink: (prefill: LinkPrefill) => void;
}): JSX.Element {
  const { watch, onLink } = props;
  const reading = useObservable(watch.state);
  const [isFinding, setFinding] = useState(false);
  const [isAsking, setAsking] = useState(false);
  const { hosts, readAt, error } = reading;
  const refresh = (): void => {
    setAsking(true);
    void watch.now().then(() => setAsking(false));
  };
  const here = hosts.filter(({ goneAt }) => goneAt === undefined).length;
  return (
    <Panel
      id="hosts"
      title="Lattice hosts"
      {...(readAt === undefined ? {} : { count: here })}
      actions={
        <>
          <Button icon="refresh" disabled={isAsking} onClick={refresh}>
            {isAsking ? "Reading…" : "Refresh"}
          </Button>
          <Button
            icon={isFinding ? "close" : "search"}
            expanded={isFinding}
            controls="find-host"
            onClick={() => setFinding(!isFinding)}
          >
            {isFinding ? "Close" : "Find a host"}
          </Button>
        </>
      }
    >
      <p class="reading">{readingText(reading)}</p>
      {error === undefined ? null : (
        <div class="reading-error">
          <ErrorNotice
            error={error}
            subject={
              readAt === undefined
                ? "The lattice could not be read"
                : `The lattice could not be read; this is what it was at ${timeText(readAt)}`
            }
            testId="hosts-error"
          />
        </div>
      )}
      <div id="find-host">{isFinding ? <FindHostForm watch={watch} /> : null}</div>
      {hosts.length === 0 ? (
        readAt === undefined ? null : (
          <Empty>No host answers, not even this one. It may lack permissions on the control subjects.</Empty>
        )
      ) : (
        <ul class="rows">
          {hosts.map((host) => (
            <HostRow
              key={host.id}
              known={host}
              commands={reading.commands.filter(({ hostId }) => hostId === host.id)}
              isFew={hosts.length <= FEW}
              watch={watch}
              onLink={onLink}
            />
          ))}
        </ul>
      )}
    </Panel>
  );
}

/** So many hosts are shown with all they run; of more, the user opens those that matter. */
const FEW = 6;

function readingText({ readAt, error }: LatticeReading): string {
  const when =
    readAt === undefined
      ? error === undefined
        ? "Asking the hosts of the lattice…"
        : "Not read yet"
      : `Last read ${timeText(readAt)}`;
  return `${when} · again every ${READ_EVERY_MS / 1_000} s while this page is visible`;
}

function timeText(time: number): string {
  return clockText(time).slice(0, "00:00:00".length);
}
