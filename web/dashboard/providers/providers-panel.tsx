import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Button } from "../controls/button.tsx";
import { Empty, Panel } from "../controls/panel.tsx";
import { useSession } from "../session/session-context.ts";
import { ProviderRow } from "./provider-row.tsx";
import { StartProviderForm } from "./start-provider-form.tsx";

/** The capability providers that run on this host. */
export function ProvidersPanel(): JSX.Element {
  const { providers } = useSession().description;
  const [isStarting, setStarting] = useState(false);
  return (
    <Panel
      id="providers"
      title="Providers"
      count={providers.length}
      actions={
        <Button
          icon={isStarting ? "close" : "plus"}
          expanded={isStarting}
          controls="start-provider"
          onClick={() => setStarting(!isStarting)}
        >
          {isStarting ? "Close" : "Start provider"}
        </Button>
      }
    >
      <div id="start-provider">
        {isStarting ? <StartProviderForm onDone={() => setStarting(false)} /> : null}
      </div>
      {providers.length === 0 ? (
        <Empty>No provider runs. Actors reach the world only through providers.</Empty>
      ) : (
        <ul class="rows">
          {providers.map((provider) => (
            <ProviderRow key={`${provider.id}-${provider.linkName}`} provider={provider} />
          ))}
        </ul>
      )}
    </Panel>
  );
}
