import type { JSX } from "preact";
import { Chip } from "../controls/badge.tsx";
import { Button } from "../controls/button.tsx";
import { Icon } from "../controls/icon.tsx";
import { useSession } from "../session/session-context.ts";
import { type Example, exampleUrl } from "./examples.ts";
import type { ActorStarts } from "./use-actor-starts.ts";

/** The example actors, each with the button that starts it. */
export function ExampleList(props: {
  readonly examples: readonly Example[];
  readonly starts: ActorStarts;
  /** Names only, for when the user knows them. */
  readonly compact: boolean;
}): JSX.Element {
  const running = new Set(useSession().description.actors.map((actor) => actor.key));
  const { starts } = props;
  return (
    <ul class={props.compact ? "examples examples-compact" : "examples"} aria-label="Example actors">
      {props.examples.map((example) => {
        const isStarting = starts.attempts.some(
          (attempt) => attempt.subject === example.title && attempt.error === undefined,
        );
        const isRunning = running.has(example.key);
        return (
          <li key={example.key} class="example">
            {props.compact ? null : (
              <div class="example-text">
                <h3>{example.title}</h3>
                <p>{example.description}</p>
                <div class="chips">
                  {example.caps.map((contract) => (
                    <Chip key={contract}>{contract}</Chip>
                  ))}
                </div>
              </div>
            )}
            {isRunning ? (
              <span class="example-running">
                <Icon name="check" />
                {props.compact ? `${example.title} runs` : "Running"}
              </span>
            ) : (
              <Button
                icon="play"
                label={`Start ${example.title}`}
                title={example.description}
                disabled={isStarting}
                onClick={() => void starts.startUrl(exampleUrl(example), example.title)}
              >
                {isStarting ? "Starting…" : props.compact ? example.title : "Start"}
              </Button>
            )}
          </li>
        );
      })}
    </ul>
  );
}
