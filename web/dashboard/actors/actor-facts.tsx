import type { JSX } from "preact";
import type { ActorDescription } from "../../../src/index.ts";
import { Badge, Chip } from "../controls/badge.tsx";
import { numberText } from "../format/amount.ts";
import { placeText } from "../format/place.ts";
import { strategyText } from "../format/strategy.ts";

/** The contracts an actor may call. */
export function Capabilities({ actor }: { readonly actor: ActorDescription }): JSX.Element {
  if (actor.capabilities === undefined) {
    return (
      <Badge
        tone="warn"
        title="The claims have no list of capabilities. Sign the module again with one, even an empty one."
      >
        No capability list: every call out is denied
      </Badge>
    );
  }
  if (actor.capabilities.length === 0) return <span class="muted">no capabilities</span>;
  return (
    <ul class="chips" aria-label="Capabilities">
      {actor.capabilities.map((contract) => (
        <li key={contract}>
          <Chip>{contract}</Chip>
        </li>
      ))}
    </ul>
  );
}

const noneTitle = "Its module makes no host calls, or this browser has no way to let it wait for them";

function placementTitle({ placement, liveInstances }: ActorDescription): string {
  const where =
    placement === "isolated"
      ? "Each instance has a worker of its own"
      : "Its instances share workers with others";
  return liveInstances === 0 ? `${where}. All are parked and come back at the next call.` : where;
}

/** An actor's counters, how its guest waits, and where it runs. */
export function ActorFigures({ actor }: { readonly actor: ActorDescription }): JSX.Element {
  return (
    <dl class="figures">
      <Figure term="calls" value={actor.calls} />
      <Figure term="failed" value={actor.failures} bad />
      <Figure term="restarts" value={actor.restarts} bad />
      <Figure term="pending" value={actor.pending} />
      <div title={actor.hostCalls === "none" ? noneTitle : "How this actor's guest waits for host calls"}>
        <dt>host calls</dt>
        <dd data-strategy={actor.hostCalls}>{strategyText(actor.hostCalls)}</dd>
      </div>
      <div title={placementTitle(actor)}>
        <dt>{actor.placement}</dt>
        <dd>
          {actor.liveInstances} of {actor.instances} live
        </dd>
      </div>
      {actor.reference === undefined ? null : (
        <div class="figure-wide">
          <dt>from</dt>
          <dd title={actor.reference}>{placeText(actor.reference)}</dd>
        </div>
      )}
    </dl>
  );
}

function Figure(props: {
  readonly term: string;
  readonly value: number;
  readonly bad?: boolean;
}): JSX.Element {
  return (
    <div>
      <dt>{props.term}</dt>
      <dd class={props.bad === true && props.value > 0 ? "bad" : ""}>{numberText(props.value)}</dd>
    </div>
  );
}
