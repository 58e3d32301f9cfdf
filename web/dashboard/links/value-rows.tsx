import type { JSX } from "preact";
import { useId, useRef } from "preact/hooks";
import { Button } from "../controls/button.tsx";
import type { ValueRow } from "./link-draft.ts";

/** The settings a provider gets with the link, as rows of names and values. */
export function ValueRows(props: {
  readonly rows: readonly ValueRow[];
  readonly problem: string | undefined;
  readonly onChange: (rows: readonly ValueRow[]) => void;
}): JSX.Element {
  const { rows, problem, onChange } = props;
  const errorId = useId();
  const nextId = useRef(0);
  const change = (id: number, part: Partial<ValueRow>): void =>
    onChange(rows.map((row) => (row.id === id ? { ...row, ...part } : row)));
  const invalid = problem === undefined ? {} : { "aria-invalid": true, "aria-describedby": errorId };
  return (
    <fieldset class="value-rows">
      <legend>Values</legend>
      {rows.map((row, index) => (
        <div class="value-row" key={row.id}>
          <input
            {...invalid}
            aria-label={`Name of value ${index + 1}`}
            placeholder="NAME"
            spellcheck={false}
            autocapitalize="off"
            value={row.name}
            onInput={(event) => change(row.id, { name: event.currentTarget.value })}
          />
          <input
            aria-label={`Value ${index + 1}`}
            placeholder="value"
            spellcheck={false}
            autocapitalize="off"
            autocomplete="off"
            value={row.value}
            onInput={(event) => change(row.id, { value: event.currentTarget.value })}
          />
          <Button
            variant="quiet"
            icon="close"
            label={`Remove value ${index + 1}`}
            onClick={() => onChange(rows.filter(({ id }) => id !== row.id))}
          />
        </div>
      ))}
      {problem === undefined ? null : (
        <p class="field-error" id={errorId} role="alert">
          {problem}
        </p>
      )}
      <Button
        variant="quiet"
        icon="plus"
        onClick={() => onChange([...rows, { id: ++nextId.current, name: "", value: "" }])}
      >
        Add value
      </Button>
    </fieldset>
  );
}
