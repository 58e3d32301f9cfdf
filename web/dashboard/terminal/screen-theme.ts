import type { ITheme } from "@xterm/xterm";

/** What the page's tokens are for a terminal; bright colours are the same: the page has no others. */
const tokens: Readonly<Partial<Record<keyof ITheme, string>>> = {
  background: "--surface",
  foreground: "--text",
  cursor: "--accent",
  cursorAccent: "--surface",
  selectionBackground: "--accent-soft",
  selectionForeground: "--text",
  scrollbarSliderBackground: "--line-strong",
  scrollbarSliderHoverBackground: "--control-line",
  scrollbarSliderActiveBackground: "--control-line",
  black: "--text",
  red: "--bad",
  green: "--ok",
  yellow: "--warn",
  blue: "--info",
  magenta: "--magenta",
  cyan: "--accent",
  white: "--muted",
  brightBlack: "--muted",
  brightRed: "--bad",
  brightGreen: "--ok",
  brightYellow: "--warn",
  brightBlue: "--info",
  brightMagenta: "--magenta",
  brightCyan: "--accent",
  brightWhite: "--text",
};

/** The colours of a terminal in the theme that the page has now. */
export function screenTheme(element: HTMLElement): ITheme {
  const probe = element.ownerDocument.createElement("span");
  element.append(probe);
  // Only a computed colour says which of the two of a token holds.
  const colours = Object.entries(tokens).map(([name, token]) => {
    probe.style.color = `var(${token})`;
    return [name, getComputedStyle(probe).color] as const;
  });
  probe.remove();
  return Object.fromEntries(colours);
}
