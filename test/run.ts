import { fileURLToPath } from "node:url";
import { onParentEnd } from "../node/system/parent-watch.ts";
import { messageOf } from "../src/errors/index.ts";
import { describeFailure } from "./support/run/failures.ts";
import { failedStep, runStep } from "./support/run/run-step.ts";
import { type Step, selectSteps } from "./support/run/steps.ts";
import { ensureTools } from "./support/run/tools.ts";
import { finalLine, type StepResult, sum } from "./support/run/verdict.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const isSkipAllowed = process.env["WEBLATTICE_ALLOW_SKIP"] === "1";

/** `npm test [-- STEP …]`: runs all steps, or the named ones and what they need. Ends with one line of counts. */
async function main(names: readonly string[]): Promise<void> {
  const selected = selectSteps(names);
  const missing = await ensureTools(new Set(selected.flatMap((step) => step.tools)));
  for (const sentence of missing) console.error(sentence);
  if (missing.length > 0) return finish({ passed: 0, failed: missing.length, skipped: 0 });

  const results: StepResult[] = [];
  for (const step of selected) {
    console.log(`\n── ${step.name} ${"─".repeat(Math.max(3, 70 - step.name.length))}`);
    const broken = step.needs.find((need) => results.some((each) => each.step === need && each.failed > 0));
    const result =
      broken === undefined
        ? await runStep(step, root, isSkipAllowed)
        : failedStep(step, `not run, because ${broken} failed`);
    results.push(result);
    if (step.kind === "check" && result.failed > 0) break;
  }
  summarize(selected, results);
  finish(sum(results));
}

function summarize(selected: readonly Step[], results: readonly StepResult[]): void {
  console.log("\nSummary");
  for (const { name, kind } of selected) {
    const result = results.find((each) => each.step === name);
    console.log(`  ${name.padEnd(10)} ${result === undefined ? "not run" : outcomeOf(result, kind)}`);
  }
  // Again at the end: the log of a run is often kept by its last lines.
  for (const failure of results.flatMap((each) => each.failures))
    console.log(`\n${describeFailure(failure)}`);
}

function outcomeOf(result: StepResult, kind: Step["kind"]): string {
  const counts = kind === "suite" ? `: ${result.passed} of ${result.passed + result.failed} passed` : "";
  const problems = result.problems.map((problem) => `; ${problem}`).join("");
  return `${result.failed > 0 ? "FAILED" : "ok"}${counts}${problems}`;
}

function finish(total: Parameters<typeof finalLine>[0]): void {
  process.exitCode = total.failed > 0 ? 1 : 0;
  console.log(`\n${finalLine(total)}`);
}

onParentEnd(() => process.exit(129));
await main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(messageOf(error));
  finish({ passed: 0, failed: 1, skipped: 0 });
});
