import type { JSX } from "preact";
import { durationText } from "../format/time.ts";
import type { CallResult } from "./call-result.ts";

/** The last calls; choosing one brings its fields and its outcome back. */
export function CallHistory(props: {
  readonly history: readonly CallResult[];
  readonly shown: CallResult | undefined;
  readonly onChoose: (result: CallResult) => void;
}): JSX.Element | null {
  if (props.history.length === 0) return null;
  return (
    <details class="history">
      <summary>Last calls ({props.history.length})</summary>
      <ol aria-label="Last calls">
        {props.history.map((result) => (
          <li key={result.id}>
            <button
              type="button"
              class="history-row"
              aria-current={result === props.shown ? "true" : undefined}
              onClick={() => props.onChoose(result)}
            >
              <span class={`dot tone-${result.outcome.ok ? "ok" : "bad"}`} aria-hidden="true" />
              <span class="history-text">
                {result.name} · {result.request.operation}
              </span>
              <span class="muted">
                {result.outcome.ok ? "" : "failed, "}
                {durationText(result.durationMs)}
              </span>
            </button>
          </li>
        ))}
      </ol>
    </details>
  );
}
