import type { JSX } from "preact";

const paths = {
  alert:
    "M8 5.2v3.4M8 11.2v.01M7 2.3 1.7 11.6a1.2 1.2 0 0 0 1 1.8h10.6a1.2 1.2 0 0 0 1-1.8L9 2.3a1.15 1.15 0 0 0-2 0Z",
  arrow: "M2.5 8h11M9.5 4l4 4-4 4",
  check: "m3 8.5 3.2 3.2L13 4.8",
  chevron: "m4 6 4 4 4-4",
  close: "m4 4 8 8M12 4l-8 8",
  copy: "M5.5 5.5V3.2c0-.6.5-1 1-1h6.3c.6 0 1 .4 1 1v6.3c0 .5-.4 1-1 1h-2.3M3.2 5.5h6.3c.5 0 1 .5 1 1v6.3c0 .6-.5 1-1 1H3.2c-.6 0-1-.4-1-1V6.5c0-.5.4-1 1-1Z",
  download: "M8 2.5v8M4.8 7.5 8 10.7l3.2-3.2M2.5 10.5v2c0 .6.4 1 1 1h9c.6 0 1-.4 1-1v-2",
  eye: "M1.5 8S4 3.5 8 3.5 14.5 8 14.5 8 12 12.5 8 12.5 1.5 8 1.5 8Zm8.3 0a1.8 1.8 0 1 1-3.6 0 1.8 1.8 0 0 1 3.6 0Z",
  link: "M6.7 9.3a2.6 2.6 0 0 0 3.7 0l2.5-2.5a2.6 2.6 0 0 0-3.7-3.7l-.9.9M9.3 6.7a2.6 2.6 0 0 0-3.7 0L3.1 9.2a2.6 2.6 0 0 0 3.7 3.7l.9-.9",
  list: "M2.5 4h11M2.5 8h11M2.5 12h7",
  moon: "M13.5 9.6A5.8 5.8 0 0 1 6.4 2.5a5.8 5.8 0 1 0 7.1 7.1Z",
  pause: "M5.5 3.5v9M10.5 3.5v9",
  play: "M4.5 3v10l8-5Z",
  plus: "M8 3v10M3 8h10",
  refresh: "M13 8a5 5 0 1 1-1.5-3.6M13 2.2v2.9h-2.9",
  screen: "M2 3h12v10H2ZM4.5 6l2 2-2 2M8.5 10h3",
  search: "M7 11.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9ZM10.3 10.3l3.4 3.4",
  stop: "M4 4h8v8H4Z",
  sun: "M8 10.8a2.8 2.8 0 1 0 0-5.6 2.8 2.8 0 0 0 0 5.6ZM8 1.3v1.4M8 13.3v1.4M1.3 8h1.4M13.3 8h1.4M3.3 3.3l1 1M11.7 11.7l1 1M3.3 12.7l1-1M11.7 4.3l1-1",
  terminal: "m3 4.5 3.5 3.5L3 11.5M8.5 12H13",
  upload: "M8 10.5v-8M4.8 5.5 8 2.3l3.2 3.2M2.5 10.5v2c0 .6.4 1 1 1h9c.6 0 1-.4 1-1v-2",
} as const;

/** The name of a drawing. */
export type IconName = keyof typeof paths;

/** A small line drawing beside a text; says nothing to screen readers. */
export function Icon({ name }: { readonly name: IconName }): JSX.Element {
  return (
    <svg class="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      <path d={paths[name]} />
    </svg>
  );
}
