import * as v from "valibot";
import { type ErrorCode, HostError } from "../errors/index.ts";

const TEXT_LIMIT = 4_096;
const LIST_LIMIT = 1_024;

/** A string of at most 4,096 UTF-16 units. */
export const text: v.GenericSchema<string> = v.pipe(v.string(), v.maxLength(TEXT_LIMIT));

/** At most 1,024 strings. */
export const texts: v.GenericSchema<string[]> = v.pipe(v.array(text), v.maxLength(LIST_LIMIT));

/** Whole seconds since 1970, exactly representable. First-party hosts crash on times beyond the calendar. */
export const seconds: v.GenericSchema<number> = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

/** A whole number of 32 bits with sign: a revision. */
export const int32: v.GenericSchema<number> = v.pipe(
  v.number(),
  v.integer(),
  v.minValue(-(2 ** 31)),
  v.maxValue(2 ** 31 - 1),
);

/**
 * Checks foreign data against a schema; unknown keys are dropped.
 * @throws HostError with the given code and the first-party prefix `Serialization error: `
 */
export function parseWith<T>(schema: v.GenericSchema<unknown, T>, value: unknown, code: ErrorCode): T {
  const result = v.safeParse(schema, value, { abortEarly: true });
  if (result.success) return result.output;
  const [issue] = result.issues;
  const path = v.getDotPath(issue) ?? "";
  const problem = issue.received === "undefined" ? "missing field" : `${issue.message} at`;
  const message = path === "" ? issue.message : `${problem} \`${path}\``;
  throw new HostError(code, `Serialization error: ${message}`, path === "" ? {} : { details: { path } });
}

/** A member for a spread: nothing where the value is absent. */
export function optional<K extends string, T>(key: K, value: T | null | undefined): { [P in K]?: T } {
  return value === undefined || value === null ? {} : ({ [key]: value } as { [P in K]?: T });
}
