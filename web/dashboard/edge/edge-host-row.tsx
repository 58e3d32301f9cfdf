import type { JSX } from "preact";
import type { HostDescription, LinkDescription } from "../../../src/index.ts";
import { Badge, HealthBadge, type Tone } from "../controls/badge.tsx";
import { KeyText } from "../controls/key-text.tsx";
import { countText } from "../format/amount.ts";
import { spanText } from "../format/time.ts";
import { useNow } from "../format/use-now.ts";
import { LabelChips } from "../hosts/label-chips.tsx";
import { ListedFacts } from "../hosts/listed-facts.tsx";
import type { NameBook } from "../session/name-book.ts";

const linkTones: Readonly<Record<LinkDescription["state"], Tone>> = {
  bound: "ok",
  waiting: "neutral",
  refused: "bad",
};

/** What the watched host is, and what it runs. */
export function EdgeHostRow(props: {
  readonly description: HostDescription;
  readonly names: NameBook;
}): JSX.Element {
  const { id, startedAt, labels, lattice, actors, providers, links } = props.description;
  const now = useNow(1_000);
  const isMember = lattice.state === "connected" || lattice.state === "standalone";
  return (
    <li class="row host" aria-label="Edge host" data-testid={`edge-${id}`}>
      <div class="row-title">
        <h3>
          <KeyText value={id} what="key of the edge host" />
        </h3>
        <Badge tone={isMember ? "ok" : "warn"} dot title={lattice.error?.message ?? "Its place on a lattice"}>
          {lattice.state}
        </Badge>
        <span class="muted uptime">up {spanText(now - startedAt)}</span>
      </div>
      <LabelChips labels={labels} />
      <Group title={countText(actors.length, "actor")}>
        {actors.map(({ key, name, revision, reference, health, calls }) => (
          <li key={key} class="run" aria-label={`${name} on the edge host`}>
            <ListedFacts what={facts(key, revision, reference)} name={name}>
              <HealthBadge health={health} />
              <span class="muted">{countText(calls, "call")}</span>
            </ListedFacts>
          </li>
        ))}
      </Group>
      <Group title={countText(providers.length, "provider")}>
        {providers.map(({ id: key, name, linkName, revision, reference, health, contractId }) => (
          <li key={`${key} ${linkName}`} class="run" aria-label={`${name} on the edge host`}>
            <ListedFacts what={facts(key, revision, reference)} name={name}>
              <span>{contractId}</span>
              <HealthBadge health={health} />
            </ListedFacts>
          </li>
        ))}
      </Group>
      <Group title={countText(links.length, "link")}>
        {links.map((link) => (
          <li key={`${link.actorId} ${link.contractId} ${link.linkName}`} class="run">
            <div class="row-meta run-facts">
              <h4>
                {props.names.nameOf(link.actorId)} → {props.names.nameOf(link.providerId)}
              </h4>
              <span>{link.contractId}</span>
              <Badge tone={linkTones[link.state]} dot title={link.reason ?? "As its host says"}>
                {link.state}
              </Badge>
              <span class="muted">{Object.keys(link.values).join(", ")}</span>
            </div>
          </li>
        ))}
      </Group>
    </li>
  );
}

function Group(props: { readonly title: string; readonly children: JSX.Element[] }): JSX.Element | null {
  if (props.children.length === 0) return null;
  return (
    <details class="inventory" open>
      <summary>{props.title}</summary>
      <ul class="runs">{props.children}</ul>
    </details>
  );
}

function facts(
  id: string,
  revision: number,
  reference: string | undefined,
): Parameters<typeof ListedFacts>[0]["what"] {
  return { id, revision, ...(reference === undefined ? {} : { reference }) };
}
