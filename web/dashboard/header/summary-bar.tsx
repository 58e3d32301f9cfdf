import type { ComponentChildren, JSX } from "preact";
import { countText, numberText } from "../format/amount.ts";
import { strategyText } from "../format/strategy.ts";
import type { LatticeWatch } from "../hosts/lattice-watch.ts";
import { useObservable } from "../session/observable.ts";
import { useSession } from "../session/session-context.ts";

/** What runs and what is wrong, in one line of figures. */
export function SummaryBar({ watch }: { readonly watch: LatticeWatch | undefined }): JSX.Element {
  const { actors, providers, links, hostCalls } = useSession().description;
  const unhealthy = [...actors, ...providers].filter((part) => part.health.state === "unhealthy").length;
  const open = links.filter((link) => link.state !== "bound").length;
  const sum = (pick: (actor: (typeof actors)[number]) => number): number =>
    actors.reduce((total, actor) => total + pick(actor), 0);
  const failures = sum((actor) => actor.failures);
  return (
    <dl class="summary" aria-label="Summary">
      <Figure term="Actors">{numberText(actors.length)}</Figure>
      <Figure term="Providers">{numberText(providers.length)}</Figure>
      <Figure term="Links" note={open === 0 ? undefined : `${numberText(open)} not bound`}>
        {numberText(links.length)}
      </Figure>
      <Figure term="Health" note={unhealthy === 0 ? undefined : `${numberText(unhealthy)} unhealthy`} bad>
        {unhealthy === 0 ? "All running" : ""}
      </Figure>
      <Figure term="Actor calls" note={failures === 0 ? undefined : `${numberText(failures)} failed`} bad>
        {numberText(sum((actor) => actor.calls))}
      </Figure>
      <Figure term="Host calls" note={hostCalls === "none" ? "actors cannot call out" : undefined} bad>
        <span data-testid="host-call-strategy" data-strategy={hostCalls}>
          {strategyText(hostCalls)}
        </span>
      </Figure>
      {watch === undefined ? null : <HostsFigure watch={watch} />}
    </dl>
  );
}

/** How many hosts the lattice has, and the way to them. */
function HostsFigure({ watch }: { readonly watch: LatticeWatch }): JSX.Element {
  const { hosts, readAt, error } = useObservable(watch.state);
  const here = hosts.filter(({ goneAt }) => goneAt === undefined).length;
  return (
    <Figure term="Lattice" note={error === undefined ? undefined : "not read"}>
      <a href="#hosts">{readAt === undefined ? "hosts" : countText(here, "host")}</a>
    </Figure>
  );
}

function Figure(props: {
  readonly term: string;
  readonly note?: string | undefined;
  readonly bad?: boolean;
  readonly children: ComponentChildren;
}): JSX.Element {
  return (
    <div class="figure">
      <dt>{props.term}</dt>
      <dd>
        {props.children}
        {props.note === undefined ? null : (
          <span class={`figure-note ${props.bad === true ? "bad" : "warn"}`}>{props.note}</span>
        )}
      </dd>
    </div>
  );
}
