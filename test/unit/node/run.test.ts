import { describe, expect, test } from "vitest";
import { countPlaywright, countVitest, readOwnCounts } from "../../support/run/counts.ts";
import { describeFailure, failedOwn, failedPlaywright, failedVitest } from "../../support/run/failures.ts";
import { selectSteps, steps } from "../../support/run/steps.ts";
import { finalLine, judgeSuite, sum } from "../../support/run/verdict.ts";

const suite = { step: "unit", exitCode: 0, isSkipAllowed: false, failures: [] };

describe("counts", () => {
  test("of Vitest: pending and to-do tests are skipped, a file that cannot be loaded is a failure", () => {
    const report = {
      numPassedTests: 5,
      numFailedTests: 1,
      numPendingTests: 2,
      numTodoTests: 1,
      testResults: [
        { status: "failed", assertionResults: [{ status: "failed" }] },
        { status: "failed", assertionResults: [] },
        { status: "passed", assertionResults: [{ status: "passed" }] },
      ],
    };
    expect(countVitest(report)).toEqual({ passed: 5, failed: 2, skipped: 3 });
  });

  test("of Playwright: a flaky test and an error outside the tests are failures", () => {
    const report = { stats: { expected: 4, unexpected: 1, flaky: 1, skipped: 2 }, errors: [{}] };
    expect(countPlaywright(report)).toEqual({ passed: 4, failed: 3, skipped: 2 });
  });

  test("of our own suites: as they say, whatever else is in the report", () => {
    const counts = { passed: 4, failed: 1, skipped: 0 };
    expect(readOwnCounts({ ...counts, runs: [] })).toEqual(counts);
  });

  test("of something else are refused", () => {
    expect(() => readOwnCounts({ passed: -1, failed: 0, skipped: 0 })).toThrow();
    expect(() => countVitest({})).toThrow();
    expect(() => countPlaywright(null)).toThrow();
  });
});

describe("what failed is named", () => {
  test("by Vitest: tests, and files that cannot be loaded, below the project's folder", () => {
    const report = {
      testResults: [
        {
          name: "/project/test/a.test.ts",
          status: "failed",
          message: "",
          assertionResults: [
            { status: "passed", fullName: "adds", failureMessages: [] },
            { status: "failed", fullName: "links twice", failureMessages: ["Error: late", "Error: again"] },
          ],
        },
        {
          name: "/project/test/b.test.ts",
          status: "failed",
          message: "no such module",
          assertionResults: [],
        },
      ],
    };
    expect(failedVitest(report, "/project/")).toEqual([
      { name: "test/a.test.ts › links twice", message: "Error: late\nError: again" },
      { name: "test/b.test.ts", message: "no such module" },
    ]);
  });

  test("by Playwright: in nested groups, flaky ones too, and errors outside of tests", () => {
    const spec = (title: string, status: string) => ({
      title,
      file: "a.test.ts",
      tests: [{ status, results: [{ errors: [{ message: `${title} was ${status}` }] }] }],
    });
    const report = {
      suites: [
        {
          specs: [spec("one", "expected")],
          suites: [{ specs: [spec("two", "unexpected"), spec("three", "flaky")] }],
        },
      ],
      errors: [{ message: "no browser" }],
    };
    expect(failedPlaywright(report)).toEqual([
      { name: "a.test.ts › two", message: "two was unexpected" },
      { name: "a.test.ts › three", message: "three was flaky" },
      { name: "outside of the tests", message: "no browser" },
    ]);
  });

  test("by our own suites: cases by engine, and problems", () => {
    const cases = [{ title: "traps" }, { title: "loops", failure: "never ended" }];
    const report = { runs: [{ engine: "Firefox", outcome: { cases } }], problems: ["the table differs"] };
    expect(failedOwn(report)).toEqual([
      { name: "Firefox › loops", message: "never ended" },
      { name: "the suite", message: "the table differs" },
    ]);
  });

  test("with the first lines of its message", () => {
    const message = Array.from({ length: 50 }, (_, line) => `line ${line}\n`).join("\n");
    const lines = describeFailure({ name: "a", message }).split("\n");
    expect(lines).toHaveLength(13);
    expect(lines.slice(0, 2)).toEqual(["✗ a", "    line 0"]);
  });
});

describe("a suite has failed", () => {
  test.each([
    ["without a report", { counts: undefined }, "left no readable report"],
    ["with skipped tests", { counts: { passed: 3, failed: 0, skipped: 2 } }, "skipped 2"],
    ["without tests", { counts: { passed: 0, failed: 0, skipped: 0 } }, "ran no tests"],
    [
      "with a bad end",
      { counts: { passed: 3, failed: 0, skipped: 0 }, exitCode: 1 },
      "ended with exit code 1",
    ],
  ])("%s", (_what, outcome, problem) => {
    expect(judgeSuite({ ...suite, ...outcome })).toMatchObject({ failed: 1, problems: [problem] });
  });

  test("and with failed tests, which say enough", () => {
    const counts = { passed: 3, failed: 2, skipped: 0 };
    expect(judgeSuite({ ...suite, exitCode: 1, counts })).toMatchObject({ failed: 2, problems: [] });
  });
});

describe("a suite has passed", () => {
  test("when all its tests have", () => {
    const counts = { passed: 3, failed: 0, skipped: 0 };
    expect(judgeSuite({ ...suite, counts })).toEqual({ step: "unit", ...counts, problems: [], failures: [] });
  });

  test.each([[{ passed: 3, failed: 0, skipped: 2 }], [{ passed: 0, failed: 0, skipped: 0 }]])(
    "when skipping is allowed: %o",
    (counts) => {
      expect(judgeSuite({ ...suite, counts, isSkipAllowed: true })).toMatchObject({ failed: 0 });
    },
  );
});

test("the last line names skipped tests only if there are some", () => {
  const total = sum([
    { passed: 1, failed: 0, skipped: 0 },
    { passed: 2, failed: 3, skipped: 0 },
  ]);
  expect(finalLine(total)).toBe("3 passed, 3 failed");
  expect(finalLine({ ...total, skipped: 4 })).toBe("3 passed, 3 failed, 4 skipped");
});

describe("selection of steps", () => {
  const names = (wanted: readonly string[]): string[] => selectSteps(wanted).map((step) => step.name);

  test("no name means all", () => {
    expect(names([])).toEqual(steps.map((step) => step.name));
  });

  test("what a step needs comes along, in order", () => {
    expect(names(["browser", "layers"])).toEqual(["layers", "actors", "dashboard", "browser"]);
  });

  test("an unknown name is refused with the known ones", () => {
    expect(() => names(["units"])).toThrow(/no step "units".*unit, lattice/);
  });
});
