import type { JSX } from "preact";

/** The labels of a host; nothing where it has none. */
export function LabelChips(props: { readonly labels: Readonly<Record<string, string>> }): JSX.Element | null {
  const labels = Object.entries(props.labels);
  if (labels.length === 0) return null;
  return (
    <ul class="chips" aria-label="Labels">
      {labels.map(([label, value]) => (
        <li key={label} class="chip">
          <span class="muted">{label}=</span>
          {value}
        </li>
      ))}
    </ul>
  );
}
