import type { JSX } from "preact";
import { ErrorNotice } from "../controls/error-notice.tsx";
import { Panel } from "../controls/panel.tsx";
import { GrantButton } from "../providers/grant-button.tsx";
import { useSession } from "../session/session-context.ts";
import { ExampleButtons, ExampleList } from "./example-list.tsx";
import type { Example } from "./examples.ts";
import { ModuleForm } from "./module-form.tsx";
import { PlacementFields } from "./placement-fields.tsx";
import type { ActorStarts } from "./use-actor-starts.ts";

/** How to get an actor to run: wide open while none does, and one compact block afterwards. */
export function StartPanel(props: {
  readonly starts: ActorStarts;
  readonly examples: readonly Example[];
}): JSX.Element {
  const { starts, examples } = props;
  const isFirstRun = useSession().description.actors.length === 0;
  const shown = examples.filter((example) => example.example);
  return (
    <Panel id="start" title={isFirstRun ? "Start your first actor" : "Start an actor"} class="start">
      {isFirstRun ? (
        <p class="lead">
          This tab is a wasmCloud host: it runs signed WebAssembly actors, links them to capability providers
          and can join a lattice.{" "}
          {shown.length > 0 ? "Try an example, or bring a module of your own." : "Bring a signed module."}
        </p>
      ) : null}
      {shown.length === 0 ? null : isFirstRun ? (
        <ExampleList examples={shown} starts={starts} />
      ) : (
        <ExampleButtons examples={shown} starts={starts} />
      )}
      <ModuleForm starts={starts} />
      <PlacementFields value={starts.placement} onChange={starts.setPlacement} />
      <Attempts starts={starts} />
    </Panel>
  );
}

function Attempts({ starts }: { readonly starts: ActorStarts }): JSX.Element | null {
  if (starts.attempts.length === 0) return null;
  return (
    <div class="attempts">
      {starts.attempts.map(({ id, subject, error, grant }) =>
        error === undefined ? (
          <p key={id} class="progress" role="status">
            <span class="progress-bar" aria-hidden="true" />
            Starting {subject}…
          </p>
        ) : (
          <ErrorNotice
            key={id}
            error={error}
            subject={`${subject} was not started`}
            testId="start-error"
            onDismiss={() => starts.dismiss(id)}
          >
            {grant === undefined ? null : <GrantButton error={error} onGrant={grant} />}
          </ErrorNotice>
        ),
      )}
    </div>
  );
}
