import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Button } from "../controls/button.tsx";
import { Empty, Panel } from "../controls/panel.tsx";
import { useSession } from "../session/session-context.ts";
import { LinkForm } from "./link-form.tsx";
import { LinkRow } from "./link-row.tsx";

/** The links this host knows, and how far each has come. */
export function LinksPanel(): JSX.Element {
  const { links } = useSession().description;
  const [isAdding, setAdding] = useState(false);
  return (
    <Panel
      id="links"
      title="Links"
      count={links.length}
      actions={
        <Button
          icon={isAdding ? "close" : "plus"}
          expanded={isAdding}
          controls="add-link"
          onClick={() => setAdding(!isAdding)}
        >
          {isAdding ? "Close" : "Add link"}
        </Button>
      }
    >
      <div id="add-link">{isAdding ? <LinkForm onDone={() => setAdding(false)} /> : null}</div>
      {links.length === 0 ? (
        <Empty>No links. A link lets an actor use a provider of one of its capabilities.</Empty>
      ) : (
        <ul class="rows">
          {links.map((link) => (
            <LinkRow key={`${link.actorId}-${link.contractId}-${link.linkName}`} link={link} />
          ))}
        </ul>
      )}
    </Panel>
  );
}
