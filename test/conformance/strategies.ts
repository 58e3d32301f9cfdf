import type { HostCallStrategyName } from "../../src/index.ts";
import { observe } from "./observe.ts";
import type { CaseOutcome, EngineOutcome } from "./outcome.ts";
import { answerCases } from "./suite/answer-cases.ts";
import { equal } from "./suite/assertions.ts";
import { type ConformanceCase, EVERY, WAITING } from "./suite/conformance-case.ts";
import type { ConformanceEnvironment } from "./suite/environment.ts";
import { failureCases } from "./suite/failure-cases.ts";
import { instanceCases } from "./suite/instance-cases.ts";
import { startCases } from "./suite/start-cases.ts";
import { TestBed } from "./suite/test-bed.ts";

const CASES: readonly ConformanceCase[] = [...answerCases, ...startCases, ...failureCases, ...instanceCases];

/** Runs the whole suite in this engine: what is chosen, and every case with every strategy that works here. */
export async function runConformance(environment: ConformanceEnvironment): Promise<EngineOutcome> {
  const runtime = environment.makeRuntime();
  const [available, chosen] = [await runtime.available(), await runtime.hostCalls()];
  await runtime.close();
  const cases = [
    await observe({ title: "the best strategy that is allowed and works is chosen" }, () =>
      checkChoice(environment, available),
    ),
  ];
  for (const strategy of available) cases.push(...(await runStrategy(environment, strategy)));
  return { available, chosen, cases };
}

/** What is chosen with ever less allowed, and with what does not work here. */
async function checkChoice(
  environment: ConformanceEnvironment,
  available: readonly HostCallStrategyName[],
): Promise<void> {
  equal(
    EVERY.filter((name) => available.includes(name)),
    available,
    "the order of preference",
  );
  const choose = async (allow?: readonly HostCallStrategyName[]): Promise<HostCallStrategyName> => {
    const runtime = environment.makeRuntime(allow);
    const chosen = await runtime.hostCalls();
    await runtime.close();
    return chosen;
  };
  equal(await choose(), available[0], "chosen when everything is allowed");
  for (const [index, name] of available.entries()) {
    equal(await choose(available.slice(index)), name, `chosen without ${available.slice(0, index)}`);
  }
  for (const name of EVERY) {
    const expected = available.includes(name) ? name : "none";
    equal(await choose([name]), expected, `chosen when only ${name} is allowed`);
  }
  equal(await choose([]), "none", "chosen when nothing is allowed");
}

async function runStrategy(
  environment: ConformanceEnvironment,
  strategy: HostCallStrategyName,
): Promise<CaseOutcome[]> {
  const outcomes: CaseOutcome[] = [];
  const bed = await TestBed.open(environment, strategy);
  for (const { title, strategies = WAITING, run } of CASES) {
    if (!strategies.includes(strategy)) continue;
    environment.onCase(`${strategy}: ${title}`);
    outcomes.push(
      await observe({ title, strategy }, async () => {
        await run(bed).finally(() => bed.clear());
      }),
    );
  }
  await bed.close();
  return outcomes;
}
