import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { HostError } from "../../../src/errors/index.ts";
import { Button } from "../controls/button.tsx";
import { Icon } from "../controls/icon.tsx";

/** A host that did not start or has ended: what is known, and the button that starts a new one. */
export function EndedNotice(props: {
  readonly title: string;
  readonly text: string;
  readonly error: HostError | undefined;
  readonly button: string;
  readonly onRestart: () => void;
}): JSX.Element {
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => button.current?.focus({ preventScroll: true }), []);
  const { error } = props;
  return (
    <section class="ended" role="alert" data-testid="host-gone">
      <Icon name="alert" />
      <div class="notice-text">
        <h2>{props.title}</h2>
        <p>{props.text}</p>
        {error === undefined ? null : (
          <>
            <p>{error.message}</p>
            {error.hint === undefined ? null : <p class="notice-hint">{error.hint}</p>}
            <p>
              <code class="notice-code">{error.code}</code>
            </p>
          </>
        )}
      </div>
      <Button variant="primary" onClick={props.onRestart} buttonRef={button}>
        {props.button}
      </Button>
    </section>
  );
}
