import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Button } from "../controls/button.tsx";

/** A link's settings; each value is masked until the user asks for it, since it may be a secret. */
export function LinkValues({
  values,
}: {
  readonly values: Readonly<Record<string, string>>;
}): JSX.Element | null {
  const entries = Object.entries(values);
  if (entries.length === 0) return null;
  return (
    <dl class="values" aria-label="Link values">
      {entries.map(([name, value]) => (
        <MaskedValue key={name} name={name} value={value} />
      ))}
    </dl>
  );
}

function MaskedValue({ name, value }: { readonly name: string; readonly value: string }): JSX.Element {
  const [isShown, setShown] = useState(false);
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        <code class="break">{isShown ? value : "•••"}</code>
        <Button
          variant="quiet"
          icon="eye"
          label={`Reveal ${name}`}
          pressed={isShown}
          onClick={() => setShown(!isShown)}
        />
      </dd>
    </div>
  );
}
