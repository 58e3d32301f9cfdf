import type { JSX } from "preact";
import { useId } from "preact/hooks";
import type { LinkValueFact } from "../../../src/index.ts";
import { Button } from "../controls/button.tsx";
import type { ValueRow } from "./link-draft.ts";

/** The rows of what a provider cannot do without, behind others. */
export function requiredRows(
  facts: readonly LinkValueFact[],
  rows: readonly ValueRow[],
): readonly ValueRow[] {
  return facts
    .filter(({ name, required }) => required === true && rows.every((row) => row.name !== name))
    .reduce(withFact, rows);
}

/** The row of a value behind others; it has the default already. */
export function withFact(rows: readonly ValueRow[], fact: LinkValueFact): readonly ValueRow[] {
  return [...rows, { id: nextRowId(rows), name: fact.name, value: fact.default ?? "" }];
}

export function nextRowId(rows: readonly ValueRow[]): number {
  return Math.max(0, ...rows.map(({ id }) => id)) + 1;
}

/** What the provider knows of: one click adds a value. */
export function ValueFacts(props: {
  readonly facts: readonly LinkValueFact[];
  readonly rows: readonly ValueRow[];
  readonly onAdd: (fact: LinkValueFact) => void;
}): JSX.Element | null {
  const missing = props.facts.filter(({ name }) => props.rows.every((row) => row.name.trim() !== name));
  if (missing.length === 0) return null;
  return (
    <ul class="value-facts" aria-label="Values that the provider knows">
      {missing.map((fact) => (
        <li key={fact.name}>
          <Button
            variant="quiet"
            icon="plus"
            label={`Add value ${fact.name}`}
            onClick={() => props.onAdd(fact)}
          >
            <code>{fact.name}</code>
          </Button>
          <span class="field-hint">{factText(fact)}</span>
        </li>
      ))}
    </ul>
  );
}

/** What a value does, and what holds without it. */
export function factText({ description, default: otherwise, required }: LinkValueFact): string {
  if (required === true) return `${description} Needed.`;
  return otherwise === undefined ? description : `${description} Default: ${otherwise}.`;
}

/** The field of a value, with what is known of it. */
export function ValueInput(props: {
  readonly label: string;
  readonly value: string;
  readonly fact: LinkValueFact | undefined;
  readonly onInput: (value: string) => void;
}): JSX.Element {
  const { label, value, fact, onInput } = props;
  const hintId = useId();
  const binding = {
    class: "value-input",
    "aria-label": label,
    ...(fact === undefined ? {} : { "aria-describedby": hintId }),
    value,
  };
  return (
    <>
      {fact?.words === undefined ? (
        <input
          {...binding}
          {...(fact?.secret === true ? { type: "password" as const } : {})}
          placeholder={fact?.example ?? fact?.default ?? "value"}
          spellcheck={false}
          autocapitalize="off"
          autocomplete="off"
          onInput={(event) => onInput(event.currentTarget.value)}
        />
      ) : (
        <select {...binding} onChange={(event) => onInput(event.currentTarget.value)}>
          {[...new Set([...fact.words, value])].map((word) => (
            <option key={word} value={word}>
              {word}
            </option>
          ))}
        </select>
      )}
      {fact === undefined ? null : (
        <p class="field-hint value-hint" id={hintId}>
          {factText(fact)}
        </p>
      )}
    </>
  );
}
