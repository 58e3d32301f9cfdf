import { HostError, messageOf } from "../../src/errors/index.ts";

/** Ends a command line tool with an error: says what is wrong and what to do, and sets exit code 1. */
export function tellFailure(error: unknown): void {
  process.exitCode = 1;
  if (!(error instanceof HostError)) {
    console.error(error);
    return;
  }
  console.error(`${messageOf(error)}${error.hint === undefined ? "" : `\n${error.hint}`}`);
}
