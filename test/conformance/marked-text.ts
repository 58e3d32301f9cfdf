/** The lines between the comments `<!-- NAME:begin -->` and `<!-- NAME:end -->`. @throws Error without them. */
export function textBetween(document: string, name: string): string {
  const { start, end } = find(document, name);
  return document.slice(start, end).trim();
}

/** The document with other lines between those comments. */
export function replaceBetween(document: string, name: string, text: string): string {
  const { start, end } = find(document, name);
  return `${document.slice(0, start)}\n\n${text}\n\n${document.slice(end)}`;
}

function find(document: string, name: string): { readonly start: number; readonly end: number } {
  const [begin, last] = [`<!-- ${name}:begin -->`, `<!-- ${name}:end -->`];
  const [start, end] = [document.indexOf(begin), document.indexOf(last)];
  if (start === -1 || end < start) throw new Error(`The document has no lines ${begin} and ${last}.`);
  return { start: start + begin.length, end };
}
