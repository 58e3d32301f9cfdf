import type { JSX } from "preact";
import type { EventFeed } from "../events/event-feed.ts";
import { EventRow } from "../events/event-row.tsx";
import { useFeed } from "../events/use-feed.ts";
import { countText } from "../format/amount.ts";

/** Events shown at most. */
const SHOWN = 100;

/** What has happened on the watched host since it is watched. */
export function EdgeEvents({ feed }: { readonly feed: EventFeed }): JSX.Element {
  const { entries, skipped } = useFeed(feed);
  return (
    <>
      {entries.length === 0 ? <p class="muted">No events yet.</p> : null}
      {skipped === 0 ? null : (
        <p class="muted">{countText(skipped, "event")} came too fast and are left out.</p>
      )}
      {entries.length === 0 ? null : (
        <div
          class="event-log edge-events"
          role="log"
          aria-label="Events of the edge host, newest first"
          aria-live="off"
          // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
          tabIndex={0}
        >
          <ol>
            {entries.slice(0, SHOWN).map((entry) => (
              <EventRow key={entry.id} entry={entry} />
            ))}
          </ol>
        </div>
      )}
    </>
  );
}
