import { mkdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { parseArgs } from "node:util";
import { onParentEnd } from "../../node/system/parent-watch.ts";
import { tellFailure } from "../../node/system/tell-failure.ts";
import { messageOf } from "../../src/index.ts";
import { buildSuite } from "./build.ts";
import { compareTable, writeTable } from "./engine-table.ts";
import { chromium, firefox } from "./engines/browser-engine.ts";
import { type Engine, EngineMissing } from "./engines/engine.ts";
import { newerNode, runningNode } from "./engines/node-engine.ts";
import { type ConformanceReport, counts, describeRun } from "./report.ts";

const ENGINES: readonly Engine[] = [runningNode, newerNode, chromium, firefox];
/** Engines at one time: the cases wait for deadlines more than they work. */
const LANES = 2;

const { values: options } = parseArgs({
  options: {
    /** Runs only engines whose name contains this. */
    only: { type: "string", default: "" },
    /** Where the report goes as JSON. */
    report: { type: "string" },
    /** Writes what was found into `docs/engines.md`. */
    "write-docs": { type: "boolean", default: false },
  },
});

/**
 * Runs the conformance suite of actor runtimes in every engine and compares what it finds with
 * the table in `docs/engines.md`. Exit code 1 if anything failed, or if an engine could not be driven and
 * `WEBLATTICE_ALLOW_SKIP` is not 1.
 */
async function main(): Promise<void> {
  if (options["write-docs"] && options.only !== "") {
    throw new Error("--write-docs needs all engines: leave out --only");
  }
  await buildSuite();
  const wanted = ENGINES.filter(({ name }) => name.toLowerCase().includes(options.only.toLowerCase()));
  const found = await inLanes(wanted, LANES, runEngine);
  const runs = found.flatMap((each) => each.runs);
  const missing = found.flatMap((each) => each.missing);
  const problems = found.flatMap((each) => each.problems);
  if (options["write-docs"] && missing.length + problems.length === 0) await writeTable(runs);
  problems.push(...(await compareTable(runs)));
  await finish({ runs, missing, problems });
}

async function runEngine(engine: Engine): Promise<ConformanceReport> {
  try {
    const runs = await engine.run();
    for (const run of runs) console.log(describeRun(run));
    return { runs, missing: [], problems: [] };
  } catch (error) {
    if (error instanceof EngineMissing) {
      return { runs: [], missing: [{ engine: engine.name, reason: error.message }], problems: [] };
    }
    return { runs: [], missing: [], problems: [`${engine.name}: ${messageOf(error)}`] };
  }
}

/** Works on so many things at one time; the results are in the order of the things. */
async function inLanes<T, R>(
  things: readonly T[],
  lanes: number,
  work: (thing: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  const waiting = things.entries();
  const lane = async (): Promise<void> => {
    for (const [index, thing] of waiting) results[index] = await work(thing);
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return results;
}

async function finish(report: ConformanceReport): Promise<void> {
  for (const { engine, reason } of report.missing) console.error(`${engine} was not driven: ${reason}`);
  for (const problem of report.problems) console.error(problem);
  const { passed, failed, skipped } = counts(report);
  console.log(`${passed} passed, ${failed} failed, ${skipped} engines not driven`);
  const isSkipAllowed = process.env["WEBLATTICE_ALLOW_SKIP"] === "1";
  process.exitCode = failed > 0 || (skipped > 0 && !isSkipAllowed) ? 1 : 0;
  if (options.report === undefined) return;
  await mkdir(dirname(options.report), { recursive: true });
  await writeFile(options.report, JSON.stringify({ passed, failed, skipped, ...report }, null, 2));
}

onParentEnd(() => process.exit(129));
await main().catch(tellFailure);
