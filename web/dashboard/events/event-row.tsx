import { Component, type JSX } from "preact";
import { clockText } from "../format/time.ts";
import type { FeedEntry } from "./event-feed.ts";

interface EventRowProps {
  readonly entry: FeedEntry;
}

/** One row of the event log. An entry never changes, so its row is drawn only once: that keeps floods smooth. */
export class EventRow extends Component<EventRowProps> {
  override shouldComponentUpdate(next: EventRowProps): boolean {
    return next.entry !== this.props.entry;
  }

  override render({ entry }: EventRowProps): JSX.Element {
    const { kind, tone, tag, subject, text, meta, detail } = entry.text;
    return (
      <li class={`event tone-${tone}`} data-kind={kind}>
        <time>{clockText(entry.time)}</time>
        <span class="event-tag">{tag ?? kind}</span>
        <span class="event-text">
          <strong>{subject}</strong>
          {text === undefined ? null : <span> {text}</span>}
        </span>
        {meta === undefined ? null : <span class="event-meta">{meta}</span>}
        {detail === undefined ? null : <span class="event-detail">{detail}</span>}
      </li>
    );
  }
}
