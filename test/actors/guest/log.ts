import { consoleLogRaw } from "./abi";

/** Writes one line to the host's log. */
export function consoleLog(text: string): void {
  const bytes = String.UTF8.encode(text);
  consoleLogRaw(changetype<usize>(bytes), bytes.byteLength);
}
