import { describe, expect, it } from "vitest";
import { startAnsweringServer } from "../conformance/answering-server.ts";
import type { CaseOutcome } from "../conformance/outcome.ts";
import { startEdgeWorker } from "../support/edge/edge-worker.ts";

/** All in one call, before the tests: each of them tells of one case. */
const cases = await runCases();

describe("providers in an object, like every one", () => {
  it.each(cases.map(({ title, failure }) => [title, failure]))("%s", (_, failure) => {
    expect(failure).toBeUndefined();
  });
});

async function runCases(): Promise<readonly CaseOutcome[]> {
  const [edge, answering] = [await startEdgeWorker(), await startAnsweringServer()];
  try {
    return (await edge.object("run", [answering.origin], "SUITE", "suite")) as CaseOutcome[];
  } finally {
    answering.stop();
    await edge.stop();
  }
}
