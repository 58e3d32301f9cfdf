import type { JSX } from "preact";
import { useId } from "preact/hooks";
import { Field } from "../controls/field.tsx";
import type { Sample } from "../start/examples.ts";

/** The operation, and samples that fill in the payload as well. */
export function OperationField(props: {
  readonly operation: string;
  readonly problem: string | undefined;
  readonly samples: readonly Sample[];
  readonly onChange: (operation: string) => void;
  readonly onSample: (sample: Sample) => void;
}): JSX.Element {
  const listId = useId();
  const { samples } = props;
  return (
    <Field label="Operation" error={props.problem}>
      {(binding) => (
        <>
          <input
            {...binding}
            name="operation"
            list={listId}
            spellcheck={false}
            autocapitalize="off"
            autocomplete="off"
            placeholder="HandleRequest"
            value={props.operation}
            onInput={(event) => props.onChange(event.currentTarget.value)}
          />
          <datalist id={listId}>
            {[...new Set(samples.map((sample) => sample.operation))].map((operation) => (
              <option key={operation} value={operation} />
            ))}
          </datalist>
          {/* biome-ignore lint/a11y/useSemanticElements: buttons, not form fields */}
          <div class="samples" role="group" aria-label="Samples">
            <span class="muted">Samples</span>
            {samples.map((sample, index) => (
              <button
                key={`${sample.operation} ${index}`}
                type="button"
                class="toggle"
                aria-label={`Sample ${sample.operation}${sample.description === "" ? "" : `: ${sample.description}`}`}
                title={sample.description}
                onClick={() => props.onSample(sample)}
              >
                {sample.operation}
              </button>
            ))}
          </div>
        </>
      )}
    </Field>
  );
}
