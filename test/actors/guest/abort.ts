import { consoleLog } from "./log";

/**
 * What the compiler calls where the program is wrong (a failed assertion, `throw`, an index out of range): says so in
 * the host's log and traps. Wired in by the build script with `--use abort`.
 */
export function abort(message: string | null, file: string | null, line: u32, column: u32): void {
  const reason = message === null ? "no reason given" : message;
  const place = file === null ? "" : ` at ${file}:${line}:${column}`;
  consoleLog(`abort: ${reason}${place}`);
  unreachable();
}
