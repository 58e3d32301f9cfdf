import type { ComponentChildren, JSX } from "preact";
import { useId } from "preact/hooks";

/** Attributes that tie an input to its label, hint and error. */
export interface FieldBinding {
  readonly id: string;
  readonly "aria-describedby"?: string;
  readonly "aria-invalid"?: true;
}

/** A labelled input with its hint and, if it is wrong, what is wrong with it. */
export function Field(props: {
  readonly label: string;
  readonly hint?: ComponentChildren;
  readonly error?: string | undefined;
  readonly class?: string;
  readonly children: (binding: FieldBinding) => ComponentChildren;
}): JSX.Element {
  const id = useId();
  const described = [
    ...(props.hint === undefined ? [] : [`${id}-hint`]),
    ...(props.error === undefined ? [] : [`${id}-error`]),
  ].join(" ");
  return (
    <div class={`field ${props.class ?? ""}`}>
      <label for={id}>{props.label}</label>
      {props.children({
        id,
        ...(described === "" ? {} : { "aria-describedby": described }),
        ...(props.error === undefined ? {} : { "aria-invalid": true }),
      })}
      {props.hint === undefined ? null : (
        <p class="field-hint" id={`${id}-hint`}>
          {props.hint}
        </p>
      )}
      {props.error === undefined ? null : (
        <p class="field-error" id={`${id}-error`} role="alert">
          {props.error}
        </p>
      )}
    </div>
  );
}
