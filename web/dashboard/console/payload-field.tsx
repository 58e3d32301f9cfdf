import type { JSX } from "preact";
import { Field } from "../controls/field.tsx";
import type { PayloadFormat } from "./payload.ts";

const formats: readonly (readonly [PayloadFormat, string])[] = [
  ["json", "JSON"],
  ["hex", "Hex"],
];

/** The payload's text, and whether it is JSON or hexadecimal. */
export function PayloadField(props: {
  readonly format: PayloadFormat;
  readonly payload: string;
  readonly problem: string | undefined;
  readonly onChange: (part: { readonly format?: PayloadFormat; readonly payload?: string }) => void;
}): JSX.Element {
  const { format, payload } = props;
  const lines = Math.min(14, Math.max(3, payload.split("\n").length));
  return (
    <div class="payload">
      {/* biome-ignore lint/a11y/useSemanticElements: toggle buttons, not form fields */}
      <div class="segments" role="group" aria-label="Payload format">
        {formats.map(([value, text]) => (
          <button
            key={value}
            type="button"
            aria-pressed={format === value}
            onClick={() => props.onChange({ format: value })}
          >
            {text}
          </button>
        ))}
      </div>
      <Field
        label="Payload"
        error={props.problem}
        hint={
          format === "hex" ? (
            "Sent as these bytes. Empty sends none."
          ) : (
            <>
              Sent as MessagePack; empty sends no bytes. <code>{'{"$text": "hi"}'}</code> and{" "}
              <code>{'{"$hex": "00ff"}'}</code> stand for bytes.
            </>
          )
        }
      >
        {(binding) => (
          <textarea
            {...binding}
            class="mono"
            rows={lines}
            spellcheck={false}
            autocapitalize="off"
            autocomplete="off"
            value={payload}
            onInput={(event) => props.onChange({ payload: event.currentTarget.value })}
          />
        )}
      </Field>
    </div>
  );
}
