const blank = /[ \t\n\r]*/y;
const scalar = /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const openString = /"(?:[^"\\\p{Cc}]|[\x7f-\x9f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*/uy;

/**
 * The offset at which a text stops being JSON, which browsers tell in different ways or not at all; undefined if it
 * is JSON.
 */
export function jsonErrorAt(text: string): number | undefined {
  let at = 0;
  const take = (pattern: RegExp): boolean => {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match !== null) at = pattern.lastIndex;
    return match !== null;
  };
  const takeChar = (char: string): boolean => {
    take(blank);
    if (text[at] !== char) return false;
    at += 1;
    return true;
  };
  const takeString = (): boolean => {
    take(blank);
    return take(openString) && takeQuote();
  };
  const takeQuote = (): boolean => {
    if (text[at] !== '"') return false; // no blanks before it: they would belong to the string
    at += 1;
    return true;
  };
  const takeMember = (): boolean => takeString() && takeChar(":") && takeValue();
  const takeList = (takeItem: () => boolean, end: string): boolean => {
    if (takeChar(end)) return true;
    do {
      if (!takeItem()) return false;
    } while (takeChar(","));
    return takeChar(end);
  };
  const takeValue = (): boolean => {
    if (takeChar("{")) return takeList(takeMember, "}");
    if (takeChar("[")) return takeList(takeValue, "]");
    return text[at] === '"' ? takeString() : take(scalar);
  };
  const hasValue = takeValue();
  if (hasValue) take(blank);
  return hasValue && at === text.length ? undefined : at;
}

/** Line and column of an offset, counted from 1. */
export function placeOf(text: string, offset: number): { readonly line: number; readonly column: number } {
  const before = text.slice(0, offset).split("\n");
  return { line: before.length, column: (before.at(-1) ?? "").length + 1 };
}
