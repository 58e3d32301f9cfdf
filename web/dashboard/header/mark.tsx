import type { JSX } from "preact";

/** The product's mark: a W woven of lattice nodes. */
export function Mark(): JSX.Element {
  return (
    <svg class="mark" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d="M5.2 6.6 9 17l3-8 3 8 3.8-10.4" />
      <circle cx="5" cy="5.8" r="2.2" />
      <circle cx="19" cy="5.8" r="2.2" />
      <circle cx="12" cy="8.6" r="2.2" />
      <circle cx="9" cy="17.8" r="2.2" />
      <circle cx="15" cy="17.8" r="2.2" />
    </svg>
  );
}
