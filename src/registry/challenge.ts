/** One way in that a server offers in `WWW-Authenticate`. */
export interface Challenge {
  /** In lower case. */
  readonly scheme: string;
  /** By name in lower case. Of two with one name, the first. */
  readonly parameters: ReadonlyMap<string, string>;
}

const MAX_TEXT = 8_192;
const SEPARATORS = /[\s,]*/y;
const TOKEN = /[!#$%&'*+\-.^_`|~0-9A-Za-z]+/y;
const VALUE = /[ \t]*=[ \t]*(?:"((?:[^"\\]|\\[\s\S])*)"|([!#$%&'*+\-.^_`|~0-9A-Za-z:/?@]+))/y;
const TOKEN68_END = /[A-Za-z0-9\-._~+/]*=*/y;

/**
 * Reads a `WWW-Authenticate` header: several challenges, each with parameters, in one line (RFC 9110, section 11).
 * What follows something that cannot be read is left out; a header of garbage holds no challenge that anyone answers.
 */
export function parseChallenges(header: string): readonly Challenge[] {
  const text = header.slice(0, MAX_TEXT);
  const challenges: { scheme: string; parameters: Map<string, string> }[] = [];
  let position = 0;
  const take = (pattern: RegExp): RegExpExecArray | undefined => {
    pattern.lastIndex = position;
    const found = pattern.exec(text) ?? undefined;
    if (found !== undefined) position += found[0].length;
    return found;
  };
  for (;;) {
    take(SEPARATORS);
    const [token] = take(TOKEN) ?? [];
    if (token === undefined) return challenges;
    const value = take(VALUE);
    const current = challenges.at(-1);
    if (value === undefined) {
      if (text[position] === "=" || text[position] === "/") take(TOKEN68_END);
      else challenges.push({ scheme: token.toLowerCase(), parameters: new Map() });
    } else if (current !== undefined && !current.parameters.has(token.toLowerCase())) {
      const [, quoted, plain = ""] = value;
      current.parameters.set(token.toLowerCase(), quoted?.replace(/\\([\s\S])/g, "$1") ?? plain);
    }
  }
}
