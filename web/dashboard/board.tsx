import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { ActorsPanel } from "./actors/actors-panel.tsx";
import { ConsolePanel, type ConsoleWish } from "./console/console-panel.tsx";
import { EdgePanel } from "./edge/edge-panel.tsx";
import { EnvironmentPanel } from "./environment/environment-panel.tsx";
import { EventLogPanel } from "./events/event-log-panel.tsx";
import { SummaryBar } from "./header/summary-bar.tsx";
import { HostsPanel } from "./hosts/hosts-panel.tsx";
import { useLatticeWatch } from "./hosts/use-lattice-watch.ts";
import type { LinkPrefill } from "./links/link-draft.ts";
import { LinksPanel } from "./links/links-panel.tsx";
import { ManifestPanel } from "./manifest/manifest-panel.tsx";
import { ProvidersPanel } from "./providers/providers-panel.tsx";
import { useSession } from "./session/session-context.ts";
import { StaleNotice } from "./session/stale-notice.tsx";
import { DropZone } from "./start/drop-zone.tsx";
import { useExamples } from "./start/examples.ts";
import { StartPanel } from "./start/start-panel.tsx";
import { useActorStarts } from "./start/use-actor-starts.ts";

/** All panels of a running host. */
export function Board(): JSX.Element {
  const { session } = useSession();
  const examples = useExamples();
  const starts = useActorStarts();
  const watch = useLatticeWatch();
  const [wish, setWish] = useState<ConsoleWish>();
  const [linkWish, setLinkWish] = useState<LinkPrefill>();
  return (
    <>
      <StaleNotice />
      <SummaryBar watch={watch} />
      <div class="board">
        <div class="column">
          <StartPanel starts={starts} examples={examples} />
          <ActorsPanel onCall={(target) => setWish({ target })} onLink={setLinkWish} />
          <ProvidersPanel />
          <LinksPanel wish={linkWish} />
          {watch === undefined ? null : <HostsPanel watch={watch} onLink={setLinkWish} />}
          <EdgePanel />
          <ManifestPanel />
        </div>
        <div class="column">
          <ConsolePanel examples={examples} wish={wish} />
          <EventLogPanel feed={session.feed} />
        </div>
      </div>
      <EnvironmentPanel />
      <DropZone onFiles={(files) => void starts.startFiles(files)} />
    </>
  );
}
