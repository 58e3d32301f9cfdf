import { describe, expect, it } from "vitest";
import { startSuiteServers } from "../conformance/engines/suite-servers.ts";
import type { CaseOutcome } from "../conformance/outcome.ts";
import { startEdgeWorker } from "../support/edge/edge-worker.ts";

/** Each list in one call, before the tests: each of them tells of one case. */
const cases = await runCases();

describe("providers in an object, like every one", () => {
  it.each(cases.map(({ title, failure }) => [title, failure]))("%s", (_, failure) => {
    expect(failure).toBeUndefined();
  });
});

async function runCases(): Promise<readonly CaseOutcome[]> {
  const [edge, servers] = await Promise.all([startEdgeWorker(), startSuiteServers()]);
  const { addresses } = servers;
  const run = async (method: string, address: string): Promise<CaseOutcome[]> =>
    (await edge.object(method, [address], "SUITE", "suite")) as CaseOutcome[];
  try {
    const found = [run("run", addresses.origin), run("runNats", addresses.servers)];
    return (await Promise.all(found)).flat();
  } finally {
    await Promise.all([edge.stop(), servers.stop()]);
  }
}
