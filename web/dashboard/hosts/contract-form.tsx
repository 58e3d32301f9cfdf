import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Button } from "../controls/button.tsx";
import { Field } from "../controls/field.tsx";
import { focusFirstInvalid } from "../controls/focus.ts";

/** Asks for a provider's contract, which a host must be told to stop it and which inventories do not tell. */
export function ContractForm(props: {
  readonly title: string;
  readonly busy: boolean;
  readonly onContract: (contractId: string) => void;
  readonly onCancel: () => void;
}): JSX.Element {
  const [contract, setContract] = useState("");
  const [problem, setProblem] = useState<string>();
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => form.current?.querySelector("input")?.focus(), []);
  const submit = (event: Event): void => {
    event.preventDefault();
    const text = contract.trim();
    const found =
      text === "" || /\s/.test(text) ? "Enter its contract, such as wasmcloud:keyvalue." : undefined;
    setProblem(found);
    if (found === undefined) props.onContract(text);
    else focusFirstInvalid(form.current);
  };
  return (
    <form ref={form} class="form inset" aria-label={props.title} noValidate onSubmit={submit}>
      <Field
        label="Contract"
        hint="The host must be told the provider's contract, and its inventory does not say which that is."
        error={problem}
      >
        {(binding) => (
          <input
            {...binding}
            spellcheck={false}
            autocapitalize="off"
            placeholder="wasmcloud:keyvalue"
            value={contract}
            onInput={(event) => setContract(event.currentTarget.value)}
          />
        )}
      </Field>
      <div class="form-actions">
        <Button variant="quiet" onClick={props.onCancel}>
          Cancel
        </Button>
        <Button variant="danger" submit disabled={props.busy}>
          Stop
        </Button>
      </div>
    </form>
  );
}
