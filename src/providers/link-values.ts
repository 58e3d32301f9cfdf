import { HostError } from "../errors/index.ts";

/** The values of a link. */
export type LinkValues = Readonly<Record<string, string>>;

/** What the host adds to the values when it binds. Contracts document 7.1. */
const HIDDEN = "__wasmcloud_";

/** The values that somebody gave, without those that the host adds. */
export function visibleValues(values: LinkValues): LinkValues {
  return Object.fromEntries(Object.entries(values).filter(([name]) => !name.startsWith(HIDDEN)));
}

/** A value without the white space around it; undefined if it is absent or empty. */
export function textValue(values: LinkValues, name: string): string | undefined {
  const value = Object.hasOwn(values, name) ? values[name]?.trim() : undefined;
  return value === "" ? undefined : value;
}

/** The items of a comma list, without the white space around them. Empty ones are left out. */
export function commaItems(text: string): string[] {
  return text
    .split(",")
    .map((item) => item.trim())
    .filter((item) => item !== "");
}

/** The items of a comma list; none if it is absent. */
export function listValue(values: LinkValues, name: string): readonly string[] {
  return commaItems(textValue(values, name) ?? "");
}

/**
 * A whole number.
 *
 * @throws HostError `link.invalid` if it is none, or out of range.
 */
export function numberValue(
  values: LinkValues,
  name: string,
  options: { readonly otherwise: number; readonly min: number; readonly max: number },
): number {
  const text = textValue(values, name);
  if (text === undefined) return options.otherwise;
  const number = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  if (number >= options.min && number <= options.max) return number;
  throw invalidValue(name, `must be a whole number from ${options.min} to ${options.max}`);
}

/**
 * One of some words.
 *
 * @throws HostError `link.invalid` for another word.
 */
export function wordValue<Word extends string>(
  values: LinkValues,
  name: string,
  words: readonly [Word, ...Word[]],
): Word {
  const text = textValue(values, name) ?? words[0];
  const word = words.find((known) => known === text);
  if (word !== undefined) return word;
  throw invalidValue(name, `must be one of ${words.join(", ")}`);
}

/** A link value that cannot be used. Its text is not quoted: it may be a secret that got into the wrong place. */
export function invalidValue(name: string, problem: string): HostError {
  return new HostError("link.invalid", `The link value ${name} ${problem}`, {
    hint: "Mend the value and set the link again.",
    details: { name },
  });
}
