import type { IFunctionIdentifier, IParser } from "@xterm/xterm";

/** Titles and icons, colours of the palette, hyperlinks, the clipboard: none of an actor's business. */
const REFUSED_OSC: readonly number[] = [0, 1, 2, 4, 8, 10, 11, 12, 52, 104, 110, 111, 112];

/** Questions, which the terminal would answer as if the user had typed, and what changes the window. */
const REFUSED_CSI: readonly IFunctionIdentifier[] = [
  { final: "c" },
  { prefix: ">", final: "c" },
  { prefix: "=", final: "c" },
  { final: "n" },
  { prefix: "?", final: "n" },
  { intermediates: "$", final: "p" },
  { prefix: "?", intermediates: "$", final: "p" },
  { final: "t" },
  { prefix: ">", final: "q" },
];

/** Wrapping, the cursor's sight, the second screen, drawing at once. Others would take the mouse, or alter what keys send. */
const ALLOWED_MODES: readonly (number | number[])[] = [7, 25, 47, 1047, 1049, 2026];

/** Sequences that are carried out as often as their number says. */
const COUNTED: readonly IFunctionIdentifier[] = [
  ...[..."@ILMPSTXZb"].map((final) => ({ final })),
  { intermediates: " ", final: "@" },
  { intermediates: " ", final: "A" },
  { intermediates: "'", final: "}" },
  { intermediates: "'", final: "~" },
];
/** No screen has more rows or columns; a greater number would only keep the page busy, for minutes. */
const MOST = 999;

/** Leaves out of what a terminal is given all that could do more than change what it shows. */
export function refuseHarm(parser: IParser): void {
  const refuse = (): boolean => true;
  for (const ident of REFUSED_OSC) parser.registerOscHandler(ident, refuse);
  for (const id of REFUSED_CSI) parser.registerCsiHandler(id, refuse);
  parser.registerDcsHandler({ intermediates: "$", final: "q" }, refuse);
  parser.registerDcsHandler({ intermediates: "+", final: "q" }, refuse);
  parser.registerCsiHandler({ prefix: "?", final: "h" }, (modes) =>
    modes.some((mode) => !ALLOWED_MODES.includes(mode)),
  );
  for (const id of COUNTED) {
    parser.registerCsiHandler(id, (numbers) => numbers.flat().some((number) => number > MOST));
  }
}

/** Text that a terminal shows as it is: without anything that it would obey. */
export function plainText(text: string): string {
  return text.replaceAll(/\p{Cc}+/gu, " ");
}

/**
 * What the user typed, of what a terminal sends: keys such as arrows mean nothing to an actor, and a terminal's own answers
 * look like them.
 */
export function typedText(data: string): string {
  return data.length > 1 && data.startsWith("\u001b") ? "" : data;
}
