import type { JSX } from "preact";
import { Chip } from "../controls/badge.tsx";
import { Button } from "../controls/button.tsx";
import { Icon } from "../controls/icon.tsx";
import { useSession } from "../session/session-context.ts";
import { type Example, exampleUrl } from "./examples.ts";
import type { ActorStarts } from "./use-actor-starts.ts";

/** The example actors, each with what it is for and the button that starts it. */
export function ExampleList(props: {
  readonly examples: readonly Example[];
  readonly starts: ActorStarts;
}): JSX.Element {
  const { actors } = useSession().description;
  return (
    <ul class="examples" aria-label="Example actors">
      {props.examples.map((example) => (
        <li key={example.key} class="example">
          <div class="example-text">
            <div class="example-title">
              <h3>{example.title}</h3>
              {example.caps.map((contract) => (
                <Chip key={contract}>{contract}</Chip>
              ))}
            </div>
            <p>{example.description}</p>
          </div>
          {actors.some((actor) => actor.key === example.key) ? (
            <span class="example-running">
              <Icon name="check" />
              Running
            </span>
          ) : (
            <StartButton example={example} starts={props.starts} text="Start" />
          )}
        </li>
      ))}
    </ul>
  );
}

/** The examples that do not run yet, by name only: for when the user knows the page. */
export function ExampleButtons(props: {
  readonly examples: readonly Example[];
  readonly starts: ActorStarts;
}): JSX.Element | null {
  const { actors } = useSession().description;
  const left = props.examples.filter((example) => !actors.some((actor) => actor.key === example.key));
  if (left.length === 0) return null;
  return (
    <div class="examples-compact">
      <span class="muted">Examples</span>
      {left.map((example) => (
        <StartButton key={example.key} example={example} starts={props.starts} text={example.title} />
      ))}
    </div>
  );
}

function StartButton(props: {
  readonly example: Example;
  readonly starts: ActorStarts;
  readonly text: string;
}): JSX.Element {
  const { example, starts } = props;
  const isStarting = starts.attempts.some(
    (attempt) => attempt.subject === example.title && attempt.error === undefined,
  );
  return (
    <Button
      icon="play"
      label={`Start ${example.title}`}
      title={example.description}
      disabled={isStarting}
      onClick={() => void starts.startFrom(exampleUrl(example), example.title)}
    >
      {isStarting ? "Starting…" : props.text}
    </Button>
  );
}
