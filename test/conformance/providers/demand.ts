import type { Ability, Lacks } from "./ability.ts";

/** One demand on every provider of a contract. It needs no test framework, and throws where it is not met. */
export interface Demand<Setting> {
  readonly title: string;
  /** Demanded only where there is this. */
  readonly needs?: Ability;
  /** Demanded only where this is lacking: what is done instead. */
  readonly without?: Ability;
  run(setting: Setting): Promise<void>;
}

/**
 * The demands as they are made where something is lacking. None is left out: one that cannot be met there must not be
 * met, or what is said to be lacking is not.
 */
export function demandsWhere<Setting>(
  lacks: Lacks,
  demands: readonly Demand<Setting>[],
): readonly Demand<Setting>[] {
  return demands.map((demand) => {
    const reason = whyNot(demand, lacks);
    if (reason === undefined) return demand;
    const title = `${demand.title} (not here: ${reason})`;
    return { title, run: (setting) => notMet(demand, setting) };
  });
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
  lacks: Lacks = {},
): [title: string, demand: Demand<Setting>][] {
  return demandsWhere(lacks, demands).map((demand) => [demand.title, demand]);
}

function whyNot({ needs, without }: Demand<never>, lacks: Lacks): string | undefined {
  if (without !== undefined && lacks[without] === undefined) return `there is the ability "${without}"`;
  return needs === undefined ? undefined : lacks[needs];
}

async function notMet<Setting>(demand: Demand<Setting>, setting: Setting): Promise<void> {
  const isMet = await demand.run(setting).then(
    () => true,
    () => false,
  );
  if (isMet) throw new Error("it is met here: the mark, or what is said to be lacking here, is wrong");
}

function shown(value: unknown): string {
  const text = JSON.stringify(value, (_, part: unknown) => {
    if (part instanceof Uint8Array) return `bytes ${part.join()}`;
    if (typeof part !== "object" || part === null || Array.isArray(part)) return part;
    return Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
  return text ?? "undefined";
}
