import { parseArgs } from "node:util";
import { HostError, messageOf } from "../../src/errors/index.ts";

/** How the benchmark is run. */
export interface BenchOptions {
  /** Seconds that each figure is measured, in rounds. */
  readonly seconds: number;
  /** Where the figures are written as JSON; undefined: nowhere. */
  readonly json: string | undefined;
  /** Rounds of each figure, ours and bare by turns; the median counts. */
  readonly rounds: number;
  /** Only what has this in its title. */
  readonly only: string;
}

/** Many short ones: what else the machine does comes in bursts. */
const ROUNDS = 10;
const MAX_SECONDS = 100;

/** What `--help` says. */
export const USAGE = `npm run bench -- [OPTIONS]
  --seconds N   how long each figure is measured, in ${ROUNDS} rounds (default 1.5)
  --only TEXT   only what has this in its title
  --json FILE   also write the figures to this file`;

/** @throws HostError `input.invalid`. */
export function readOptions(args: readonly string[]): BenchOptions | "help" {
  const values = parse(args);
  if (values.help === true) return "help";
  const seconds = Number(values.seconds ?? "1.5");
  if (!(seconds > 0 && seconds <= MAX_SECONDS)) {
    throw new HostError("input.invalid", `--seconds must be a number above 0, at most ${MAX_SECONDS}`, {
      hint: USAGE,
    });
  }
  return { seconds, json: values.json, rounds: ROUNDS, only: values.only ?? "" };
}

function parse(args: readonly string[]): ReturnType<typeof parseStrictly> {
  try {
    return parseStrictly(args);
  } catch (error) {
    throw new HostError("input.invalid", messageOf(error), { hint: USAGE, cause: error });
  }
}

function parseStrictly(args: readonly string[]) {
  const options = {
    seconds: { type: "string" },
    json: { type: "string" },
    only: { type: "string" },
    help: { type: "boolean" },
  } as const;
  return parseArgs({ args: [...args], options }).values;
}
