import type { TestCounts } from "./counts.ts";
import type { FailedTest } from "./failures.ts";

/** What became of a step. */
export interface StepResult extends TestCounts {
  readonly step: string;
  /** Why it failed beyond its own failed tests. */
  readonly problems: readonly string[];
  readonly failures: readonly FailedTest[];
}

/** What a suite left behind. */
export interface SuiteOutcome {
  readonly step: string;
  readonly exitCode: number;
  /** `undefined` when there was no readable report. */
  readonly counts: TestCounts | undefined;
  readonly failures: readonly FailedTest[];
  /** Whether skipped tests and empty suites are accepted. */
  readonly isSkipAllowed: boolean;
}

/** Judges a suite: a suite that ran nothing, skipped something or ended badly has failed, whatever its report says. */
export function judgeSuite(outcome: SuiteOutcome): StepResult {
  const { step, exitCode, isSkipAllowed, failures } = outcome;
  const counts = outcome.counts ?? { passed: 0, failed: 0, skipped: 0 };
  const problems: string[] = [];
  if (outcome.counts === undefined) problems.push("left no readable report");
  else if (exitCode !== 0 && counts.failed === 0) problems.push(`ended with exit code ${exitCode}`);
  if (!isSkipAllowed && counts.skipped > 0) problems.push(`skipped ${counts.skipped}`);
  if (!isSkipAllowed && outcome.counts !== undefined && counts.passed + counts.failed === 0) {
    problems.push("ran no tests");
  }
  return { step, ...counts, failed: counts.failed + problems.length, problems, failures };
}

/** The counts of all steps together. */
export function sum(results: readonly TestCounts[]): TestCounts {
  const total = { passed: 0, failed: 0, skipped: 0 };
  for (const { passed, failed, skipped } of results) {
    total.passed += passed;
    total.failed += failed;
    total.skipped += skipped;
  }
  return total;
}

/** The last line of a run, for people and programs. */
export function finalLine({ passed, failed, skipped }: TestCounts): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
}
