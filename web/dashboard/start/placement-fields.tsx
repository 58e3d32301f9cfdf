import type { JSX } from "preact";
import type { ActorStartOptions } from "../../../src/index.ts";
import { Field } from "../controls/field.tsx";

/** What a person chooses about how the next actors run. */
export type Placement = Required<Pick<ActorStartOptions, "placement" | "instances">>;

/** How actors run unless something else is chosen. */
export const DEFAULT_PLACEMENT: Placement = { placement: "isolated", instances: 1 };

/** Where the next actors run, and how many calls each serves at one time. */
export function PlacementFields(props: {
  readonly value: Placement;
  readonly onChange: (value: Placement) => void;
}): JSX.Element {
  const { value, onChange } = props;
  const summary = `${value.placement}, ${value.instances} ${value.instances === 1 ? "instance" : "instances"}`;
  return (
    <details class="placement">
      <summary>
        Placement <span class="muted">{summary}</span>
      </summary>
      <div class="placement-fields">
        <Field label="Runs in">
          {(binding) => (
            <select
              {...binding}
              value={value.placement}
              onChange={(event) =>
                onChange({
                  ...value,
                  placement: event.currentTarget.value === "pooled" ? "pooled" : "isolated",
                })
              }
            >
              <option value="isolated">a worker of its own</option>
              <option value="pooled">shared workers</option>
            </select>
          )}
        </Field>
        <Field label="Instances">
          {(binding) => (
            <input
              {...binding}
              type="number"
              min={1}
              max={64}
              step={1}
              value={value.instances}
              onInput={(event) => {
                const instances = event.currentTarget.valueAsNumber;
                if (Number.isInteger(instances) && instances >= 1 && instances <= 64)
                  onChange({ ...value, instances });
              }}
            />
          )}
        </Field>
      </div>
    </details>
  );
}
