import type { JSX } from "preact";
import { useEffect, useMemo, useState } from "preact/hooks";
import { Button } from "../controls/button.tsx";
import { ErrorNotice } from "../controls/error-notice.tsx";
import { Empty, Panel } from "../controls/panel.tsx";
import { useObservable } from "../session/observable.ts";
import { EdgeEvents } from "./edge-events.tsx";
import { EdgeForm } from "./edge-form.tsx";
import { EdgeHostRow } from "./edge-host-row.tsx";
import { EdgeWatch } from "./edge-watch.ts";

/** A host on the edge as it tells of itself, wherever it is: nothing there can be changed from here. */
export function EdgePanel(): JSX.Element {
  const watch = useMemo(() => new EdgeWatch(), []);
  useEffect(() => () => watch.stop(), [watch]);
  const reading = useObservable(watch.state);
  const [isAsking, setAsking] = useState(false);
  const isIdle = reading.phase === "idle";
  const description = "description" in reading ? reading.description : undefined;
  return (
    <Panel
      id="edge-host"
      title="Edge host"
      actions={
        <>
          {isIdle ? null : (
            <Button icon={reading.phase === "ended" ? "close" : "stop"} onClick={() => watch.stop()}>
              {reading.phase === "ended" ? "Dismiss" : "Stop watching"}
            </Button>
          )}
          <Button
            icon={isAsking ? "close" : "search"}
            expanded={isAsking}
            controls="watch-edge"
            onClick={() => setAsking(!isAsking)}
          >
            {isAsking ? "Close" : isIdle ? "Watch a host" : "Watch another"}
          </Button>
        </>
      }
    >
      <div id="watch-edge">
        {isAsking ? <EdgeForm watch={watch} onStarted={() => setAsking(false)} /> : null}
      </div>
      {isIdle && !isAsking ? (
        <Empty>
          Shows what a host on the edge runs and what happens there, for those who have its feed token.
        </Empty>
      ) : null}
      {reading.phase === "connecting" ? (
        <p class="reading" role="status">
          Connecting to {reading.address}…
        </p>
      ) : null}
      {reading.phase === "ended" ? (
        <div class="reading-error">
          <ErrorNotice error={reading.error} subject={reading.address} testId="edge-error">
            <Button icon="refresh" onClick={() => watch.again()}>
              Watch again
            </Button>
          </ErrorNotice>
        </div>
      ) : null}
      {description === undefined || isIdle ? null : (
        <>
          <p class="reading">
            {reading.phase === "watching"
              ? `Watching ${reading.address} · read-only`
              : "No longer watched: this is what it told last"}
          </p>
          <ul class="rows">
            <EdgeHostRow description={description} names={watch.names} />
          </ul>
          <EdgeEvents feed={watch.feed} />
        </>
      )}
    </Panel>
  );
}
