import type { JSX } from "preact";
import { useId, useRef } from "preact/hooks";
import { Button } from "../controls/button.tsx";
import type { ValueRow } from "./link-draft.ts";

/** What the rows are called. */
export interface RowWords {
  readonly legend: string;
  /** One of them, as in `Add value`. */
  readonly one: string;
  /** An example of a name. */
  readonly name: string;
  /** The field of a value, before its number. */
  readonly value: string;
}

const linkWords: RowWords = { legend: "Values", one: "value", name: "NAME", value: "Value" };

/** The settings a provider gets with the link, as rows of names and values. */
export function ValueRows(props: {
  readonly rows: readonly ValueRow[];
  readonly problem: string | undefined;
  readonly onChange: (rows: readonly ValueRow[]) => void;
  /** Default those of a link's values. */
  readonly words?: RowWords;
}): JSX.Element {
  const { rows, problem, onChange, words = linkWords } = props;
  const { one } = words;
  const errorId = useId();
  const nextId = useRef(0);
  const change = (id: number, part: Partial<ValueRow>): void =>
    onChange(rows.map((row) => (row.id === id ? { ...row, ...part } : row)));
  const invalid = problem === undefined ? {} : { "aria-invalid": true, "aria-describedby": errorId };
  return (
    <fieldset class="value-rows">
      <legend>{words.legend}</legend>
      {rows.map((row, index) => (
        <div class="value-row" key={row.id}>
          <input
            {...invalid}
            aria-label={`Name of ${one} ${index + 1}`}
            placeholder={words.name}
            spellcheck={false}
            autocapitalize="off"
            value={row.name}
            onInput={(event) => change(row.id, { name: event.currentTarget.value })}
          />
          <input
            aria-label={`${words.value} ${index + 1}`}
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
            label={`Remove ${one} ${index + 1}`}
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
        Add {one}
      </Button>
    </fieldset>
  );
}
