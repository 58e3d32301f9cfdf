import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Button } from "./button.tsx";
import type { IconName } from "./icon.tsx";

/** A button that asks once more, in place, before it does what cannot be undone. */
export function ConfirmButton(props: {
  readonly text: string;
  /** The full name for screen readers, such as `Stop Echo`. */
  readonly label: string;
  readonly question: string;
  readonly icon?: IconName;
  readonly busy: boolean;
  readonly onConfirm: () => void;
}): JSX.Element {
  const [asking, setAsking] = useState(false);
  const group = useRef<HTMLSpanElement>(null);
  const trigger = useRef<HTMLButtonElement>(null);
  const wasAsking = useRef(false);
  useEffect(() => {
    if (asking) group.current?.querySelector("button")?.focus();
    else if (wasAsking.current) trigger.current?.focus();
    wasAsking.current = asking;
  }, [asking]);

  if (!asking) {
    return (
      <Button
        variant="quiet"
        {...(props.icon === undefined ? {} : { icon: props.icon })}
        label={props.label}
        disabled={props.busy}
        onClick={() => setAsking(true)}
        buttonRef={trigger}
      >
        {props.busy ? `${props.text}…` : props.text}
      </Button>
    );
  }
  const confirm = (): void => {
    setAsking(false);
    props.onConfirm();
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for form fields; these are two buttons of one question
    <span
      ref={group}
      class="confirm"
      role="group"
      aria-label={props.question}
      onKeyDown={(event) => {
        if (event.key === "Escape") setAsking(false);
      }}
    >
      <span class="confirm-question">{props.question}</span>
      <Button variant="danger" label={`Confirm: ${props.label}`} onClick={confirm}>
        {props.text}
      </Button>
      <Button variant="quiet" onClick={() => setAsking(false)}>
        Cancel
      </Button>
    </span>
  );
}
