import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Button } from "../controls/button.tsx";
import { Empty, Panel } from "../controls/panel.tsx";
import { useSession } from "../session/session-context.ts";
import type { LinkPrefill } from "./link-draft.ts";
import { LinkForm } from "./link-form.tsx";
import { LinkRow } from "./link-row.tsx";

/** The links this host knows, and how far each has come. */
export function LinksPanel({ wish }: { readonly wish: LinkPrefill | undefined }): JSX.Element {
  const { links } = useSession().description;
  const [adding, setAdding] = useState<{ readonly round: number; readonly prefill?: LinkPrefill }>();
  const isAdding = adding !== undefined;
  const open = (prefill?: LinkPrefill): void =>
    setAdding((last) => ({
      round: (last?.round ?? 0) + 1,
      ...(prefill === undefined ? {} : { prefill }),
    }));
  useEffect(() => {
    if (wish !== undefined) open(wish);
  }, [wish]);
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
          onClick={() => (isAdding ? setAdding(undefined) : open())}
        >
          {isAdding ? "Close" : "Add link"}
        </Button>
      }
    >
      <div id="add-link">
        {adding === undefined ? null : (
          <LinkForm key={adding.round} prefill={adding.prefill} onDone={() => setAdding(undefined)} />
        )}
      </div>
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
