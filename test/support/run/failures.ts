import * as v from "valibot";
import { isBrokenFile } from "./counts.ts";

/** A test that failed, or a file that could not be loaded. */
export interface FailedTest {
  /** File and full name. */
  readonly name: string;
  readonly message: string;
}

const text = v.optional(v.nullable(v.string()));

const vitestReport = v.object({
  testResults: v.array(
    v.object({
      name: v.string(),
      status: v.string(),
      message: text,
      assertionResults: v.array(
        v.object({
          status: v.string(),
          fullName: v.string(),
          failureMessages: v.optional(v.nullable(v.array(v.string()))),
        }),
      ),
    }),
  ),
});

const playwrightError = v.object({ message: text });

const playwrightSuite: v.GenericSchema<PlaywrightSuite> = v.object({
  specs: v.optional(
    v.array(
      v.object({
        title: v.string(),
        file: v.string(),
        tests: v.array(
          v.object({ status: v.string(), results: v.array(v.object({ errors: v.array(playwrightError) })) }),
        ),
      }),
    ),
  ),
  suites: v.optional(v.array(v.lazy(() => playwrightSuite))),
});

const playwrightReport = v.object({ suites: v.array(playwrightSuite), errors: v.array(playwrightError) });

const ownReport = v.object({
  runs: v.array(
    v.object({
      engine: v.string(),
      outcome: v.object({ cases: v.array(v.object({ title: v.string(), failure: text })) }),
    }),
  ),
  problems: v.array(v.string()),
});

interface PlaywrightSuite {
  specs?:
    | {
        title: string;
        file: string;
        tests: { status: string; results: { errors: { message?: string | null | undefined }[] }[] }[];
      }[]
    | undefined;
  suites?: PlaywrightSuite[] | undefined;
}

/** What failed, in a report of Vitest; `root` is cut off the files' names. */
export function failedVitest(report: unknown, root: string): FailedTest[] {
  return v.parse(vitestReport, report).testResults.flatMap((result) => {
    const { name, message, assertionResults } = result;
    const file = name.startsWith(root) ? name.slice(root.length) : name;
    if (isBrokenFile(result)) return [{ name: file, message: message ?? "" }];
    const failed = assertionResults.filter((each) => each.status === "failed");
    return failed.map(({ fullName, failureMessages }) => ({
      name: `${file} › ${fullName}`,
      message: failureMessages?.join("\n") ?? "",
    }));
  });
}

/** What failed, in a report of Playwright; a flaky test is a failed one. */
export function failedPlaywright(report: unknown): FailedTest[] {
  const { suites, errors } = v.parse(playwrightReport, report);
  const outside = errors.map(({ message }) => ({ name: "outside of the tests", message: message ?? "" }));
  return [...suites.flatMap(failedSpecs), ...outside];
}

function failedSpecs({ specs = [], suites = [] }: PlaywrightSuite): FailedTest[] {
  const own = specs.flatMap(({ title, file, tests }) =>
    tests
      .filter(({ status }) => status === "unexpected" || status === "flaky")
      .map(({ results }) => ({
        name: `${file} › ${title}`,
        message: results.flatMap(({ errors }) => errors.map(({ message }) => message ?? "")).join("\n"),
      })),
  );
  return [...own, ...suites.flatMap(failedSpecs)];
}

/** What failed, in a report of one of our own suites. */
export function failedOwn(report: unknown): FailedTest[] {
  const { runs, problems } = v.parse(ownReport, report);
  const cases = runs.flatMap(({ engine, outcome }) =>
    outcome.cases.flatMap(({ title, failure }) =>
      typeof failure === "string" ? [{ name: `${engine} › ${title}`, message: failure }] : [],
    ),
  );
  return [...cases, ...problems.map((problem) => ({ name: "the suite", message: problem }))];
}

/** Lines of a message that are shown again after the summary. */
const SHOWN_LINES = 12;

/** One failed test for the end of the run, where a log that is cut still has it. */
export function describeFailure({ name, message }: FailedTest): string {
  const lines = message.split("\n").filter((line) => line.trim() !== "" && !line.includes("/node_modules/"));
  return [`✗ ${name}`, ...lines.slice(0, SHOWN_LINES).map((line) => `    ${line}`)].join("\n");
}
