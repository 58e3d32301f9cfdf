import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Field } from "../controls/field.tsx";
import { looksLikeActorKey, shortKey } from "../format/key.ts";
import { useSession } from "../session/session-context.ts";

const other = "other";

/** Whom to call: an actor that runs here, or any other by its alias or key. */
export function TargetField(props: {
  readonly target: string;
  readonly problem: string | undefined;
  readonly onChange: (target: string) => void;
}): JSX.Element {
  const { description, session } = useSession();
  const { target } = props;
  const { actors } = description;
  const [wantsOther, setWantsOther] = useState(false);
  const runsHere = actors.some((actor) => actor.key === target);
  // An actor that was chosen and has stopped since stays chosen: the next call must not go to another one unasked.
  const hasStopped = !runsHere && looksLikeActorKey(target) && session.names.has(target);
  const isOther = wantsOther ? !runsHere : !runsHere && !hasStopped;
  return (
    <Field label="Target" error={props.problem}>
      {(binding) => (
        <>
          <select
            {...binding}
            name="target"
            value={isOther ? other : target}
            onChange={(event) => {
              const { value } = event.currentTarget;
              setWantsOther(value === other);
              props.onChange(value === other ? "" : value);
            }}
          >
            {actors.map(({ key, name }) => (
              <option key={key} value={key}>
                {name} ({shortKey(key)})
              </option>
            ))}
            {hasStopped && !isOther ? (
              <option value={target}>{session.names.nameOf(target)} (not running here)</option>
            ) : null}
            <option value={other}>Alias or key…</option>
          </select>
          {isOther ? (
            <input
              class="mono"
              aria-label="Alias or key"
              spellcheck={false}
              autocapitalize="off"
              placeholder="Call alias or M… key"
              value={target}
              onInput={(event) => {
                setWantsOther(true);
                props.onChange(event.currentTarget.value);
              }}
            />
          ) : null}
        </>
      )}
    </Field>
  );
}
