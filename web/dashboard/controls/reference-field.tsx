import type { JSX } from "preact";
import { Field } from "./field.tsx";

/** Where a module or archive is to be fetched: an address or an image reference. */
export function ReferenceField(props: {
  readonly label: string;
  readonly hint: string;
  readonly problem: string | undefined;
  readonly placeholder: string;
  readonly value: string;
  readonly onInput: (value: string) => void;
  readonly class?: string;
}): JSX.Element {
  return (
    <Field
      label={props.label}
      hint={props.hint}
      error={props.problem}
      {...(props.class === undefined ? {} : { class: props.class })}
    >
      {(binding) => (
        <input
          {...binding}
          inputMode="url"
          spellcheck={false}
          autocapitalize="off"
          placeholder={props.placeholder}
          value={props.value}
          onInput={(event) => props.onInput(event.currentTarget.value)}
        />
      )}
    </Field>
  );
}
