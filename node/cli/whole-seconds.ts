import { HostError } from "../../src/index.ts";

/** The seconds that a variable names. @throws HostError `input.invalid` with the variable's name. */
export function wholeSeconds(variable: string, text: string): number {
  const value = /^\d{1,6}$/.test(text) ? Number(text) : 0;
  if (value > 0) return value;
  throw new HostError(
    "input.invalid",
    `${variable} must be a whole number of seconds from 1 to 999999, not "${text}"`,
  );
}
