import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { shortKey } from "../format/key.ts";
import { Icon } from "./icon.tsx";

const shownMs = 1_600;

/** A key, shortened; a click copies the whole of it. */
export function KeyText(props: {
  readonly value: string;
  /** What it is the key of, for screen readers. */
  readonly what: string;
  readonly testId?: string;
}): JSX.Element {
  const [outcome, setOutcome] = useState<"copied" | "refused">();
  useEffect(() => {
    if (outcome === undefined) return undefined;
    const timer = setTimeout(() => setOutcome(undefined), shownMs);
    return () => clearTimeout(timer);
  }, [outcome]);

  const copy = (): void => {
    // Without a secure context there is no clipboard; the title still shows the key.
    Promise.resolve(navigator.clipboard?.writeText(props.value) ?? Promise.reject())
      .then(() => setOutcome("copied"))
      .catch(() => setOutcome("refused"));
  };
  return (
    <button
      type="button"
      class="key"
      title={props.value}
      aria-label={`Copy ${props.what} ${props.value}`}
      data-key={props.value}
      data-testid={props.testId}
      onClick={copy}
    >
      <code>{shortKey(props.value)}</code>
      <Icon name={outcome === "copied" ? "check" : "copy"} />
      <span role="status" class={outcome === undefined ? "visually-hidden" : "key-note"}>
        {outcome === "copied" ? "Copied" : outcome === "refused" ? "Could not copy" : ""}
      </span>
    </button>
  );
}
