import { LOG_TEXT_LIMIT } from "./provider-messages.ts";

const METHODS: readonly string[] = ["debug", "log", "info", "warn", "error", "trace"];

/**
 * A console that hands its lines to the host: the worker's own reaches streams, and on Node through them the process.
 * @param log takes a line
 */
export function providerConsole(log: (text: string) => void): object {
  const write = (...data: unknown[]): void => log(logText(data));
  return Object.freeze(Object.fromEntries(METHODS.map((method) => [method, write])));
}

/** What was logged as one text of bounded length. */
export function logText(data: readonly unknown[]): string {
  return data.map(textOf).join(" ").slice(0, LOG_TEXT_LIMIT);
}

/** The text of anything, also of what fails to describe itself. */
export function textOf(value: unknown): string {
  try {
    if (value instanceof Error) return String(value.message);
    return typeof value === "object" && value !== null ? (JSON.stringify(value) ?? "") : String(value);
  } catch {
    return "(a value without a text)";
  }
}
