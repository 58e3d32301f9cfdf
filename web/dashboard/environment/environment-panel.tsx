import type { ComponentChildren, JSX } from "preact";
import { Badge } from "../controls/badge.tsx";
import { numberText } from "../format/amount.ts";
import { useSession } from "../session/session-context.ts";
import { browserFacts, limitFacts } from "./facts.ts";

/** What this browser offers, the host's limits, counters and labels; folded away until asked for. */
export function EnvironmentPanel(): JSX.Element {
  const { environment, description } = useSession();
  const counters = Object.entries(description.counters).sort(([a], [b]) => a.localeCompare(b));
  return (
    <section id="environment" class="panel environment" aria-label="Environment and limits">
      <details>
        <summary>
          <h2>Environment and limits</h2>
        </summary>
        <div class="fact-groups">
          <FactGroup title="This browser">
            {browserFacts(environment, description.hostCalls).map(({ term, value, tone }) => (
              <Fact key={term} term={term}>
                {tone === undefined ? value : <Badge tone={tone}>{value}</Badge>}
              </Fact>
            ))}
          </FactGroup>
          <FactGroup title="Limits">
            {limitFacts(description.limits).map(({ term, value }) => (
              <Fact key={term} term={term}>
                {value}
              </Fact>
            ))}
          </FactGroup>
          <FactGroup title="Counters">
            {counters.length === 0 ? <p class="muted">Nothing counted yet.</p> : null}
            {counters.map(([name, count]) => (
              <Fact key={name} term={name}>
                {numberText(count)}
              </Fact>
            ))}
          </FactGroup>
          <FactGroup title="Labels">
            {Object.entries(description.labels).map(([name, value]) => (
              <Fact key={name} term={name}>
                {value}
              </Fact>
            ))}
          </FactGroup>
        </div>
        <p class="muted break">{environment.userAgent}</p>
      </details>
    </section>
  );
}

function FactGroup(props: { readonly title: string; readonly children: ComponentChildren }): JSX.Element {
  return (
    <div class="fact-group">
      <h3>{props.title}</h3>
      <dl class="facts">{props.children}</dl>
    </div>
  );
}

function Fact(props: { readonly term: string; readonly children: ComponentChildren }): JSX.Element {
  return (
    <>
      <dt>{props.term}</dt>
      <dd>{props.children}</dd>
    </>
  );
}
