import type { ComponentChildren, JSX, Ref } from "preact";
import { Icon, type IconName } from "./icon.tsx";

/** What a {@link Button} may be given; the rest is decided here. */
export interface ButtonProps {
  readonly children?: ComponentChildren;
  readonly onClick?: (event: MouseEvent) => void;
  readonly variant?: "primary" | "plain" | "quiet" | "danger";
  readonly icon?: IconName;
  readonly submit?: boolean;
  readonly disabled?: boolean;
  /** The name for screen readers where the visible text is not enough, or only the icon is shown. */
  readonly label?: string;
  readonly title?: string;
  readonly pressed?: boolean;
  readonly expanded?: boolean;
  readonly controls?: string;
  readonly testId?: string;
  readonly buttonRef?: Ref<HTMLButtonElement>;
}

/** A button of this page. Without children it is as small as its icon and needs a label. */
export function Button(props: ButtonProps): JSX.Element {
  const { variant = "plain", icon, children } = props;
  return (
    <button
      ref={props.buttonRef ?? null}
      type={props.submit === true ? "submit" : "button"}
      class={`button button-${variant}${children === undefined ? " button-icon" : ""}`}
      onClick={props.onClick}
      disabled={props.disabled}
      aria-label={props.label}
      title={props.title ?? (children === undefined ? props.label : undefined)}
      aria-pressed={props.pressed}
      aria-expanded={props.expanded}
      aria-controls={props.controls}
      data-testid={props.testId}
    >
      {icon === undefined ? null : <Icon name={icon} />}
      {children === undefined ? null : <span>{children}</span>}
    </button>
  );
}
