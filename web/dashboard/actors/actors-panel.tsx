import type { JSX } from "preact";
import { Empty, Panel } from "../controls/panel.tsx";
import type { LinkPrefill } from "../links/link-draft.ts";
import { useSession } from "../session/session-context.ts";
import { ActorRow } from "./actor-row.tsx";

/** The actors that run on this host. */
export function ActorsPanel(props: {
  readonly onCall: (key: string) => void;
  readonly onLink: (prefill: LinkPrefill) => void;
}): JSX.Element {
  const { actors } = useSession().description;
  return (
    <Panel id="actors" title="Actors" count={actors.length}>
      {actors.length === 0 ? (
        <Empty>No actor runs. Start an example above, or drop a signed module on this page.</Empty>
      ) : (
        <ul class="rows">
          {actors.map((actor) => (
            <ActorRow key={actor.key} actor={actor} {...props} />
          ))}
        </ul>
      )}
    </Panel>
  );
}
