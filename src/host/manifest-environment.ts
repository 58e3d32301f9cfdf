import { HostError } from "../errors/index.ts";

/** Variables by name; an absent or undefined one is not set. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** `${NAME}` or `${NAME:default}`; what ends a name or a default is in protocol section 11.5. */
const REFERENCE = /\$\{([^ \t\r\n=:}]*)(?::([^\t\r\n}]*))?\}/g;

/**
 * Puts the values of variables into a text: `${NAME}` stays as it is when the variable is not set, `${NAME:default}`
 * becomes its default. Nothing is nested, nothing can be escaped. Protocol section 11.5.
 *
 * @param maxLength - characters of the result.
 * @throws HostError `input.too_large`.
 */
export function substituteEnvironment(text: string, environment: Environment, maxLength: number): string {
  const parts: string[] = [];
  let length = 0;
  const add = (part: string): void => {
    length += part.length;
    if (length > maxLength) {
      throw new HostError(
        "input.too_large",
        `The text with its variables is longer than ${maxLength} characters`,
      );
    }
    parts.push(part);
  };
  let end = 0;
  for (const match of text.matchAll(REFERENCE)) {
    const [whole, name = "", fallback = whole] = match;
    add(text.slice(end, match.index));
    add((Object.hasOwn(environment, name) ? environment[name] : undefined) ?? fallback);
    end = match.index + whole.length;
  }
  add(text.slice(end));
  return parts.join("");
}
