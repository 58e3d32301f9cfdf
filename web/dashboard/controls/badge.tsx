import type { ComponentChildren, JSX } from "preact";
import type { RunState } from "../../../src/index.ts";

/** What a colour stands for. The text beside it always says the same. */
export type Tone = "ok" | "warn" | "bad" | "info" | "neutral";

/** A short state in words, coloured by its tone. */
export function Badge(props: {
  readonly tone: Tone;
  readonly dot?: boolean;
  readonly title?: string;
  readonly children: ComponentChildren;
}): JSX.Element {
  return (
    <span class={`badge tone-${props.tone}`} title={props.title}>
      {props.dot === true ? <span class="dot" aria-hidden="true" /> : null}
      {props.children}
    </span>
  );
}

/** How an actor or provider answered its last health check. */
export function HealthBadge({ health }: { readonly health: RunState }): JSX.Element {
  return health.state === "running" ? (
    <Badge tone="ok" dot>
      Running
    </Badge>
  ) : (
    <Badge tone="bad" dot title={health.reason}>
      Unhealthy
    </Badge>
  );
}

/** A name of the protocol, such as a capability contract. */
export function Chip(props: { readonly title?: string; readonly children: ComponentChildren }): JSX.Element {
  return (
    <span class="chip" title={props.title}>
      {props.children}
    </span>
  );
}
