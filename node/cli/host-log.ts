import type { LogRecord, LogSink } from "../../src/index.ts";

/** Takes a line without its end. */
export type WriteLine = (line: string) => void;

/** Each record as a line of text for people, or as a JSON object of its own line for programs. */
export function lineSink(form: "text" | "json", write: WriteLine): LogSink {
  return { write: (record) => write(form === "json" ? jsonLine(record) : textLine(record)) };
}

function jsonLine({ time, ...record }: LogRecord): string {
  return JSON.stringify({ time: new Date(time).toISOString(), ...record });
}

function textLine({ time, level, scope, message, fields }: LogRecord): string {
  const shown = Object.entries(fields ?? {}).map(([name, value]) => `${name}=${value}`);
  const rest = shown.length === 0 ? "" : ` (${shown.join(", ")})`;
  return `${new Date(time).toISOString()} ${level.padEnd(5)} ${oneLine(`${scope}: ${message}${rest}`)}`;
}

/** Messages quote what peers and guests say: it must not look like lines of our own. */
function oneLine(text: string): string {
  return text.replace(/\p{Cc}/gu, (character) =>
    JSON.stringify(character)
      .slice(1, -1)
      .replace(/^[^\\]$/, "?"),
  );
}
