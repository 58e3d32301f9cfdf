import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Button } from "../controls/button.tsx";
import { ErrorNotice } from "../controls/error-notice.tsx";
import { Field } from "../controls/field.tsx";
import { useSession } from "../session/session-context.ts";
import { useAction } from "../session/use-action.ts";

/** Starts one of the providers that this tab has built in. */
export function StartProviderForm({ onDone }: { readonly onDone: () => void }): JSX.Element {
  const { host, choices, session } = useSession();
  const [kind, setKind] = useState(choices[0]?.kind ?? "");
  const [linkName, setLinkName] = useState("default");
  const start = useAction(host.startProvider.bind(host));
  const choice = choices.find((candidate) => candidate.kind === kind);

  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (!(await start.run(kind, linkName.trim() === "" ? "default" : linkName.trim()))) return;
    session.announce(`${choice?.title ?? kind} started`);
    onDone();
  };
  return (
    <form class="form inset" aria-label="Start provider" onSubmit={(event) => void submit(event)}>
      <div class="form-grid">
        <Field label="Provider" hint={choice?.description}>
          {(binding) => (
            <select {...binding} value={kind} onChange={(event) => setKind(event.currentTarget.value)}>
              {choices.map((candidate) => (
                <option key={candidate.kind} value={candidate.kind}>
                  {candidate.title} ({candidate.contractId})
                </option>
              ))}
            </select>
          )}
        </Field>
        <Field label="Link name" hint="Tells several instances of one provider apart.">
          {(binding) => (
            <input
              {...binding}
              spellcheck={false}
              autocapitalize="off"
              value={linkName}
              onInput={(event) => setLinkName(event.currentTarget.value)}
            />
          )}
        </Field>
      </div>
      {start.error === undefined ? null : (
        <ErrorNotice error={start.error} testId="provider-error" onDismiss={start.clear} />
      )}
      <div class="form-actions">
        <Button variant="primary" submit disabled={start.busy}>
          {start.busy ? "Starting…" : "Start"}
        </Button>
      </div>
    </form>
  );
}
