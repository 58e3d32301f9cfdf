import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Button } from "../controls/button.tsx";
import { Panel } from "../controls/panel.tsx";
import { numberText } from "../format/amount.ts";
import { type EventFeed, rowLimit } from "./event-feed.ts";
import { eventKinds } from "./event-kind.ts";
import { EventRow } from "./event-row.tsx";
import { type FeedView, useFeed } from "./use-feed.ts";

/** Rows drawn at first, and added whenever the user scrolls to their end: drawing all of them would slow floods. */
const drawnRows = 100;

/** Everything that happens on this host, as it happens. */
export function EventLogPanel({ feed }: { readonly feed: EventFeed }): JSX.Element {
  const view = useFeed(feed);
  const [drawn, setDrawn] = useState(drawnRows);
  const adapt = ({ scrollTop, scrollHeight, clientHeight }: HTMLElement): void => {
    if (scrollTop === 0) setDrawn(drawnRows);
    else if (scrollTop + 2 * clientHeight > scrollHeight)
      setDrawn((rows) => Math.min(rows + drawnRows, rowLimit));
  };
  return (
    <Panel
      id="events"
      title="Events"
      class="events-panel"
      actions={
        <>
          <Button icon={view.isPaused ? "play" : "pause"} pressed={view.isPaused} onClick={view.togglePause}>
            {view.isPaused ? "Resume" : "Pause"}
          </Button>
          <Button variant="quiet" onClick={view.clear}>
            Clear
          </Button>
        </>
      }
    >
      <Filters view={view} />
      {/* Not announced by itself: a flood of calls would drown a screen reader. */}
      <div
        class="event-log"
        role="log"
        aria-label="Live event log, newest first"
        aria-live="off"
        onScroll={(event) => adapt(event.currentTarget)}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
        tabIndex={0}
        data-testid="event-log"
      >
        {view.entries.length === 0 ? (
          <p class="empty">
            {view.kinds.size < eventKinds.length || view.search !== ""
              ? "Nothing matches the filter."
              : "Nothing has happened yet."}
          </p>
        ) : (
          <ol>
            {view.entries.slice(0, drawn).map((entry) => (
              <EventRow key={entry.id} entry={entry} />
            ))}
          </ol>
        )}
      </div>
    </Panel>
  );
}

function Filters({ view }: { readonly view: FeedView }): JSX.Element {
  return (
    <div class="event-filters">
      {/* biome-ignore lint/a11y/useSemanticElements: toggle buttons, not form fields */}
      <div class="toggles" role="group" aria-label="Kinds of events">
        {eventKinds.map((kind) => (
          <button
            key={kind}
            type="button"
            class="toggle"
            aria-pressed={view.kinds.has(kind)}
            onClick={() => view.toggleKind(kind)}
          >
            {kind}
          </button>
        ))}
      </div>
      <input
        type="search"
        aria-label="Filter events by text"
        placeholder="Filter by text"
        value={view.search}
        onInput={(event) => view.setSearch(event.currentTarget.value)}
      />
      {view.isPaused || view.skipped > 0 ? (
        <p class="event-notes">
          {view.isPaused ? <span>Paused · {numberText(view.waiting)} new</span> : null}
          {view.skipped > 0 ? (
            <span title="They came faster than this page could take them in. They happened all the same.">
              {numberText(view.skipped)} skipped
            </span>
          ) : null}
        </p>
      ) : null}
    </div>
  );
}
