/** One demand on every provider of a contract. It needs no test framework, and throws where it is not met. */
export interface Demand<Setting> {
  readonly title: string;
  run(setting: Setting): Promise<void>;
}

/** Throws unless two values are equal; bytes are compared by their values. */
export function same(actual: unknown, expected: unknown): void {
  const [is, should] = [shown(actual), shown(expected)];
  if (is !== should) throw new Error(`expected ${should}, got ${is}`);
}

/** Throws unless some work is refused with a code, and with a text if one is given. */
export async function refused(
  work: Promise<unknown>,
  code: string,
  message: string | RegExp = /./,
): Promise<void> {
  const error: unknown = await work.then(
    (value) => new Error(`no error, but ${shown(value)}`),
    (reason: unknown) => reason,
  );
  const { code: is, message: text } = error as { code?: string; message: string };
  if (is !== code) throw new Error(`expected ${code}, got ${is ?? "no code"}: ${text}`);
  const fits = typeof message === "string" ? message === text : message.test(text);
  if (!fits) throw new Error(`expected the text ${message}, got ${text}`);
}

/** Rows for the `each` of a test framework. */
export function rows<Setting>(
  demands: readonly Demand<Setting>[],
): [title: string, demand: Demand<Setting>][] {
  return demands.map((demand) => [demand.title, demand]);
}

function shown(value: unknown): string {
  const text = JSON.stringify(value, (_, part: unknown) => {
    if (part instanceof Uint8Array) return `bytes ${part.join()}`;
    if (typeof part !== "object" || part === null || Array.isArray(part)) return part;
    return Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
  return text ?? "undefined";
}
