import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { runToEnd } from "../../../node/system/run-command.ts";
import { messageOf } from "../../../src/errors/index.ts";
import { countPlaywright, countVitest, readOwnCounts, type TestCounts } from "./counts.ts";
import { type FailedTest, failedOwn, failedPlaywright, failedVitest } from "./failures.ts";
import type { Reporter, Step } from "./steps.ts";
import { judgeSuite, type StepResult, type SuiteOutcome } from "./verdict.ts";

/** Runs one step of the tests in the root folder of the project. Its output is shown; it never rejects. */
export async function runStep(step: Step, root: string, isSkipAllowed: boolean): Promise<StepResult> {
  const report = join(root, "build", "test-reports", `${step.name}.json`);
  rmSync(report, { force: true });
  mkdirSync(dirname(report), { recursive: true });
  const extra = step.reporter === undefined ? [] : reporterArguments(step.reporter, report, isSkipAllowed);
  const environment = { ...process.env, PLAYWRIGHT_JSON_OUTPUT_FILE: report };
  try {
    const { code: exitCode } = await runToEnd(process.execPath, [...step.script, ...extra], {
      directory: root,
      environment,
      isShown: true,
      timeoutMs: step.timeoutMs,
    });
    if (step.reporter === undefined) {
      return exitCode === 0 ? passedStep(step) : failedStep(step, `ended with exit code ${exitCode}`);
    }
    const { counts, failures } = readReport(report, step.reporter, root);
    return judgeSuite({ step: step.name, exitCode, counts, failures, isSkipAllowed });
  } catch (error) {
    return failedStep(step, messageOf(error));
  }
}

/** The result of a step that could not run or that has no tests to count. */
export function failedStep({ name }: Step, problem: string): StepResult {
  return { step: name, passed: 0, failed: 1, skipped: 0, problems: [problem], failures: [] };
}

function passedStep({ name }: Step): StepResult {
  return { step: name, passed: 0, failed: 0, skipped: 0, problems: [], failures: [] };
}

const COUNT: Readonly<Record<Reporter, (report: unknown) => TestCounts>> = {
  vitest: countVitest,
  playwright: countPlaywright,
  counts: readOwnCounts,
};

const FAILED: Readonly<Record<Reporter, (report: unknown, root: string) => readonly FailedTest[]>> = {
  vitest: failedVitest,
  playwright: failedPlaywright,
  counts: failedOwn,
};

type SuiteReport = Pick<SuiteOutcome, "counts" | "failures">;

function reporterArguments(reporter: Reporter, report: string, isSkipAllowed: boolean): string[] {
  if (reporter === "counts") return ["--report", report];
  if (reporter === "playwright") {
    return ["--reporter=list,json", ...(isSkipAllowed ? ["--pass-with-no-tests"] : [])];
  }
  const both = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
  return [...both, ...(isSkipAllowed ? ["--passWithNoTests"] : [])];
}

function readReport(file: string, reporter: Reporter, root: string): SuiteReport {
  try {
    const report: unknown = JSON.parse(readFileSync(file, "utf8"));
    return { counts: COUNT[reporter](report), failures: FAILED[reporter](report, root) };
  } catch {
    return { counts: undefined, failures: [] }; // judged as a failure
  }
}
