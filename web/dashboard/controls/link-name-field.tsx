import type { JSX } from "preact";
import { Field } from "./field.tsx";

/** The name under which a provider is started. */
export function LinkNameField(props: {
  readonly value: string;
  readonly onInput: (value: string) => void;
}): JSX.Element {
  return (
    <Field label="Link name" hint="Tells several instances of one provider apart.">
      {(binding) => (
        <input
          {...binding}
          spellcheck={false}
          autocapitalize="off"
          value={props.value}
          onInput={(event) => props.onInput(event.currentTarget.value)}
        />
      )}
    </Field>
  );
}
