import type { JSX } from "preact";
import { useRef, useState } from "preact/hooks";
import type { ProviderGrants } from "../../../src/index.ts";
import type { ProviderChoice } from "../../host-api.ts";
import { Button } from "../controls/button.tsx";
import { ErrorNotice } from "../controls/error-notice.tsx";
import { Field } from "../controls/field.tsx";
import { focusFirstInvalid } from "../controls/focus.ts";
import { LinkNameField } from "../controls/link-name-field.tsx";
import { ReferenceField } from "../controls/reference-field.tsx";
import { linkNameOf } from "../format/link-name.ts";
import { checkReference } from "../format/reference.ts";
import { useSession } from "../session/session-context.ts";
import { useAction } from "../session/use-action.ts";
import { GrantButton } from "./grant-button.tsx";

const elsewhere = "reference";

/** Starts a provider that this tab has built in, or the archive behind a reference. */
export function StartProviderForm({ onDone }: { readonly onDone: () => void }): JSX.Element {
  const { host, choices, session } = useSession();
  const [kind, setKind] = useState(choices[0]?.kind ?? elsewhere);
  const [typed, setTyped] = useState("");
  const [problem, setProblem] = useState<string>();
  const [linkName, setLinkName] = useState("default");
  const form = useRef<HTMLFormElement>(null);
  const start = useAction(host.startProviderFrom.bind(host));
  const choice = choices.find((candidate) => candidate.kind === kind);

  const submit = async (grants?: ProviderGrants): Promise<void> => {
    const source =
      choice === undefined ? checkReference(typed) : { ok: true as const, reference: choice.kind };
    setProblem(source.ok ? undefined : source.problem);
    if (!source.ok) {
      focusFirstInvalid(form.current);
      return;
    }
    if (!(await start.run(source.reference, linkNameOf(linkName), grants))) return;
    session.announce(`${choice?.title ?? typed.trim()} started`);
    onDone();
  };
  return (
    <form
      ref={form}
      class="form inset"
      aria-label="Start provider"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <div class="form-grid">
        <Field
          label="Provider"
          hint={
            choice === undefined ? (
              "A signed archive, fetched and verified. Files can be dropped anywhere."
            ) : (
              <ChoiceHint choice={choice} />
            )
          }
        >
          {(binding) => (
            <select {...binding} value={kind} onChange={(event) => setKind(event.currentTarget.value)}>
              {choices.map((candidate) => (
                <option key={candidate.kind} value={candidate.kind}>
                  {candidate.title} ({candidate.contractId})
                </option>
              ))}
              <option value={elsewhere}>From a reference…</option>
            </select>
          )}
        </Field>
        <LinkNameField value={linkName} onInput={setLinkName} />
        {choice === undefined ? (
          <ReferenceField
            label="Reference"
            class="field-wide"
            hint="The http(s) address of a .par archive, or an image reference."
            problem={problem}
            placeholder="registry.example.com/team/name:1.0.0"
            value={typed}
            onInput={setTyped}
          />
        ) : null}
      </div>
      {start.error === undefined ? null : (
        <ErrorNotice error={start.error} testId="provider-error" onDismiss={start.clear}>
          <GrantButton error={start.error} disabled={start.busy} onGrant={(grants) => void submit(grants)} />
        </ErrorNotice>
      )}
      <div class="form-actions">
        <Button variant="primary" submit disabled={start.busy}>
          {start.busy ? "Starting…" : "Start"}
        </Button>
      </div>
    </form>
  );
}

/** What a provider of this host is for, its name, and what its links can say. */
function ChoiceHint({ choice }: { readonly choice: ProviderChoice }): JSX.Element {
  const { kind, description, linkValues } = choice;
  const values = linkValues.map(({ name, required }) => (required === true ? `${name} (needed)` : name));
  return (
    <>
      {description} Its name is <code>{kind}</code>.
      {values.length === 0 ? null : ` Link values: ${values.join(", ")}.`}
    </>
  );
}
