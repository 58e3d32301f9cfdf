import type { ComponentChildren, JSX } from "preact";
import { useId } from "preact/hooks";

/** A titled part of the page; a landmark for screen readers. */
export function Panel(props: {
  readonly title: string;
  /** Anchor of the section links. */
  readonly id: string;
  readonly count?: number;
  readonly actions?: ComponentChildren;
  readonly class?: string;
  readonly children: ComponentChildren;
}): JSX.Element {
  const titleId = useId();
  return (
    <section id={props.id} class={`panel ${props.class ?? ""}`} aria-labelledby={titleId}>
      <header class="panel-head">
        <h2 id={titleId}>{props.title}</h2>
        {props.count === undefined ? null : <span class="count">{props.count}</span>}
        <div class="panel-actions">{props.actions}</div>
      </header>
      {props.children}
    </section>
  );
}

/** What a panel shows while it has nothing to list. */
export function Empty({ children }: { readonly children: ComponentChildren }): JSX.Element {
  return <p class="empty">{children}</p>;
}
