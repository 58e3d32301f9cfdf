import type { ComponentChildren, JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Button } from "../controls/button.tsx";
import { ErrorNotice } from "../controls/error-notice.tsx";
import { Field } from "../controls/field.tsx";
import { focusFirstInvalid } from "../controls/focus.ts";
import { referenceProblem } from "../format/reference.ts";
import type { Action } from "../session/use-action.ts";

/** Asks for a reference, which another host is to fetch. */
export function ReferenceForm(props: {
  readonly title: string;
  readonly label: string;
  readonly hint: string;
  readonly button: { readonly idle: string; readonly busy: string };
  readonly action: Action<[string]>;
  readonly onDone: () => void;
  /** Further fields. */
  readonly children?: ComponentChildren;
  /** Names to choose from; others may be typed. */
  readonly offers?: readonly string[];
}): JSX.Element {
  const { action, offers = [] } = props;
  const [reference, setReference] = useState("");
  const [problem, setProblem] = useState<string>();
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => form.current?.querySelector("input")?.focus(), []);

  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const found = referenceProblem(reference);
    setProblem(found);
    if (found !== undefined) {
      focusFirstInvalid(form.current);
      return;
    }
    if (await action.run(reference.trim())) props.onDone();
  };
  return (
    <form
      ref={form}
      class="form inset"
      aria-label={props.title}
      noValidate
      onSubmit={(event) => void submit(event)}
    >
      <div class="form-grid">
        <Field label={props.label} hint={props.hint} error={problem}>
          {(binding) => (
            <>
              <input
                {...binding}
                spellcheck={false}
                autocapitalize="off"
                placeholder="registry.example.com/team/name:1.0.0"
                list={offers.length === 0 ? undefined : `${binding.id}-offers`}
                value={reference}
                onInput={(event) => setReference(event.currentTarget.value)}
              />
              {offers.length === 0 ? null : (
                <datalist id={`${binding.id}-offers`}>
                  {offers.map((offer) => (
                    <option key={offer} value={offer} />
                  ))}
                </datalist>
              )}
            </>
          )}
        </Field>
        {props.children}
      </div>
      {action.error === undefined ? null : (
        <ErrorNotice error={action.error} testId="command-error" onDismiss={action.clear} />
      )}
      <div class="form-actions">
        <Button variant="quiet" onClick={props.onDone}>
          Cancel
        </Button>
        <Button variant="primary" submit disabled={action.busy}>
          {action.busy ? props.button.busy : props.button.idle}
        </Button>
      </div>
    </form>
  );
}
