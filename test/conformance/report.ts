import { type EngineRun, type MissingEngine, passingStrategies } from "./outcome.ts";

/** Everything a run of the step found. */
export interface ConformanceReport {
  readonly runs: readonly EngineRun[];
  readonly missing: readonly MissingEngine[];
  /** What is wrong beside failed cases. */
  readonly problems: readonly string[];
}

/** The report's counts, as `npm test` reads them; an engine that could not be driven is a skipped one. */
export function counts({ runs, missing, problems }: ConformanceReport): {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
} {
  const cases = runs.flatMap(({ outcome }) => outcome.cases);
  const failed = cases.filter(({ failure }) => failure !== undefined).length;
  return { passed: cases.length - failed, failed: failed + problems.length, skipped: missing.length };
}

/** What one run found, for the console. */
export function describeRun(run: EngineRun): string {
  const { cases, chosen, available } = run.outcome;
  const passing = passingStrategies(run.outcome);
  const failed = cases.filter(({ failure }) => failure !== undefined);
  const seconds = cases.reduce((sum, { milliseconds }) => sum + milliseconds, 0) / 1_000;
  const marks = available.map((name) => `${name} ${passing.includes(name) ? "ok" : "FAILED"}`).join(", ");
  return [
    `${titleOf(run)}: chooses ${chosen}; ${marks}; ${cases.length} cases in ${seconds.toFixed(1)} s`,
    ...failed.map(({ title, strategy, failure }) => `  FAILED ${strategy ?? ""}: ${title}: ${failure}`),
  ].join("\n");
}

function titleOf({ engine, version, isolated }: EngineRun): string {
  const isolation = isolated === undefined ? "" : isolated ? ", isolated" : ", not isolated";
  return `${engine} (${version}${isolation})`;
}
