import type { ComponentChildren, JSX } from "preact";
import type { HostError } from "../../../src/errors/index.ts";
import { Button } from "./button.tsx";
import { Icon } from "./icon.tsx";

/** An error where it happened: what failed, how to mend it, and its code. */
export function ErrorNotice(props: {
  readonly error: HostError;
  /** What was tried, such as `echo.wasm`. */
  readonly subject?: string;
  readonly onDismiss?: () => void;
  readonly testId?: string;
  readonly children?: ComponentChildren;
}): JSX.Element {
  const { error } = props;
  // A failed call carries the code of what failed behind it.
  const reason = error.details["reason"];
  return (
    <div class="notice notice-bad" role="alert" data-testid={props.testId} data-code={error.code}>
      <Icon name="alert" />
      <div class="notice-text">
        <p>
          {props.subject === undefined ? null : <strong>{props.subject}: </strong>}
          {error.message}
        </p>
        {error.hint === undefined ? null : <p class="notice-hint">{error.hint}</p>}
        <p>
          <code class="notice-code">{error.code}</code>
          {typeof reason === "string" ? <code class="notice-code"> {reason}</code> : null}
        </p>
        {props.children}
      </div>
      {props.onDismiss === undefined ? null : (
        <Button
          variant="quiet"
          icon="close"
          label={`Dismiss error${props.subject === undefined ? "" : `: ${props.subject}`}`}
          onClick={props.onDismiss}
        />
      )}
    </div>
  );
}
