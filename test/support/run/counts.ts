import * as v from "valibot";

/** How many tests went how. */
export interface TestCounts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

const count = v.pipe(v.number(), v.integer(), v.minValue(0));

const vitestReport = v.object({
  numPassedTests: count,
  numFailedTests: count,
  numPendingTests: count,
  numTodoTests: count,
  testResults: v.array(
    v.object({ status: v.string(), assertionResults: v.array(v.object({ status: v.string() })) }),
  ),
});

const playwrightReport = v.object({
  stats: v.object({ expected: count, unexpected: count, flaky: count, skipped: count }),
  errors: v.array(v.unknown()),
});

const ownReport = v.object({ passed: count, failed: count, skipped: count });

/** The counts in a report of Vitest. A file that failed outside its tests, in loading or in a hook, counts as one. */
export function countVitest(report: unknown): TestCounts {
  const { testResults, ...numbers } = v.parse(vitestReport, report);
  const brokenFiles = testResults.filter(isBrokenFile);
  return {
    passed: numbers.numPassedTests,
    failed: numbers.numFailedTests + brokenFiles.length,
    skipped: numbers.numPendingTests + numbers.numTodoTests,
  };
}

/** Whether a file of Vitest's report failed outside its tests. */
export function isBrokenFile(file: {
  readonly status: string;
  readonly assertionResults: readonly { readonly status: string }[];
}): boolean {
  return file.status === "failed" && file.assertionResults.every((each) => each.status !== "failed");
}

/** The counts in a report of Playwright. A flaky test is a failed one. */
export function countPlaywright(report: unknown): TestCounts {
  const { stats, errors } = v.parse(playwrightReport, report);
  return {
    passed: stats.expected,
    failed: stats.unexpected + stats.flaky + errors.length,
    skipped: stats.skipped,
  };
}

/** The counts in a report of one of our own suites. */
export function readOwnCounts(report: unknown): TestCounts {
  return v.parse(ownReport, report);
}
