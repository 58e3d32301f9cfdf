// AssemblyScript has no exceptions that can be caught. A handler that cannot answer returns `fail(text)`, which is
// null, and whoever called it passes the null on or asks for the text.

let reason: string | null = null;

/** Notes why the handler cannot answer. Always null, so that it can be returned at once. */
export function fail(text: string): ArrayBuffer | null {
  reason = text;
  return null;
}

/** The text given to the last {@link fail}. It is forgotten: it must not outlive the call's memory. */
export function takeFailure(): string {
  const text = reason;
  reason = null;
  return text === null ? "" : text;
}
