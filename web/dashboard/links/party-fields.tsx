import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Field, type FieldBinding } from "../controls/field.tsx";
import { shortKey } from "../format/key.ts";
import { useSession } from "../session/session-context.ts";
import type { LinkDraft } from "./link-draft.ts";

const other = "other";

interface PartyFieldProps {
  readonly draft: LinkDraft;
  readonly problem: string | undefined;
  readonly onChange: (part: Partial<LinkDraft>) => void;
}

/** The actor's end of a link: one that runs here, or a key. */
export function ActorField({ draft, problem, onChange }: PartyFieldProps): JSX.Element {
  const { actors } = useSession().description;
  const [isOther, setOther] = useState(
    draft.actorId === "" ? actors.length === 0 : actors.every(({ key }) => key !== draft.actorId),
  );
  const choose = (value: string): void => {
    setOther(value === other);
    onChange({ actorId: value === other ? "" : value });
  };
  return (
    <Field label="Actor" error={problem}>
      {(binding) => (
        <>
          <select
            {...binding}
            value={isOther ? other : draft.actorId}
            onChange={(event) => choose(event.currentTarget.value)}
          >
            <option value="" disabled>
              Choose an actor
            </option>
            {actors.map(({ key, name }) => (
              <option key={key} value={key}>
                {name} ({shortKey(key)})
              </option>
            ))}
            <option value={other}>Another key…</option>
          </select>
          {isOther ? (
            <KeyInput
              binding={binding}
              label="Actor key"
              start="M"
              value={draft.actorId}
              onInput={(actorId) => onChange({ actorId })}
            />
          ) : null}
        </>
      )}
    </Field>
  );
}

/** The provider's end of a link: one that runs here, which brings its contract and link name along, or a key. */
export function ProviderField({ draft, problem, onChange }: PartyFieldProps): JSX.Element {
  const { providers } = useSession().description;
  const [chosen, setChosen] = useState(() => {
    if (draft.providerId === "") return providers.length === 0 ? other : "";
    const known = providers.find(
      ({ id, linkName }) => id === draft.providerId && linkName === draft.linkName,
    );
    return known === undefined ? other : instanceName(known);
  });
  const choose = (value: string): void => {
    setChosen(value);
    const provider = providers.find((candidate) => instanceName(candidate) === value);
    if (provider === undefined) onChange({ providerId: "" });
    else onChange({ providerId: provider.id, contractId: provider.contractId, linkName: provider.linkName });
  };
  return (
    <Field label="Provider" error={problem}>
      {(binding) => (
        <>
          <select {...binding} value={chosen} onChange={(event) => choose(event.currentTarget.value)}>
            <option value="" disabled>
              Choose a provider
            </option>
            {providers.map((provider) => (
              <option key={instanceName(provider)} value={instanceName(provider)}>
                {provider.name} ({provider.linkName})
              </option>
            ))}
            <option value={other}>Another key…</option>
          </select>
          {chosen === other ? (
            <KeyInput
              binding={binding}
              label="Provider key"
              start="V"
              value={draft.providerId}
              onInput={(providerId) => onChange({ providerId })}
            />
          ) : null}
        </>
      )}
    </Field>
  );
}

function instanceName(provider: { readonly id: string; readonly linkName: string }): string {
  return `${provider.id} ${provider.linkName}`;
}

function KeyInput(props: {
  readonly binding: FieldBinding;
  readonly label: string;
  readonly start: string;
  readonly value: string;
  readonly onInput: (value: string) => void;
}): JSX.Element {
  const { id: _, ...described } = props.binding;
  return (
    <input
      {...described}
      class="mono"
      aria-label={props.label}
      spellcheck={false}
      autocapitalize="off"
      placeholder={`${props.start}…`}
      value={props.value}
      onInput={(event) => props.onInput(event.currentTarget.value)}
    />
  );
}
