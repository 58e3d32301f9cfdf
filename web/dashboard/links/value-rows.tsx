import type { JSX } from "preact";
import { useId, useRef } from "preact/hooks";
import type { LinkValueFact } from "../../../src/index.ts";
import { Button } from "../controls/button.tsx";
import type { ValueRow } from "./link-draft.ts";
import { nextRowId, ValueFacts, ValueInput, withFact } from "./value-facts.tsx";

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
  /** What is known of values; default nothing. */
  readonly facts?: readonly LinkValueFact[];
}): JSX.Element {
  const { rows, problem, onChange, words = linkWords, facts = [] } = props;
  const { one } = words;
  const errorId = useId();
  const fieldset = useRef<HTMLFieldSetElement>(null);
  const add = (next: readonly ValueRow[], field: string): void => {
    onChange(next);
    // The row is drawn after this.
    requestAnimationFrame(() => {
      fieldset.current
        ?.querySelector<HTMLElement>(`.value-row:nth-child(${next.length + 1}) ${field}`)
        ?.focus();
    });
  };
  const change = (id: number, part: Partial<ValueRow>): void =>
    onChange(rows.map((row) => (row.id === id ? { ...row, ...part } : row)));
  const invalid = problem === undefined ? {} : { "aria-invalid": true, "aria-describedby": errorId };
  return (
    <fieldset ref={fieldset} class="value-rows">
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
          <ValueInput
            label={`${words.value} ${index + 1}`}
            value={row.value}
            fact={facts.find(({ name }) => name === row.name.trim())}
            onInput={(value) => change(row.id, { value })}
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
      <ValueFacts facts={facts} rows={rows} onAdd={(fact) => add(withFact(rows, fact), ".value-input")} />
      <Button
        variant="quiet"
        icon="plus"
        onClick={() => add([...rows, { id: nextRowId(rows), name: "", value: "" }], "input")}
      >
        Add {one}
      </Button>
    </fieldset>
  );
}
