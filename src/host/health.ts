import { decodeHealthResponse } from "../contracts/index.ts";
import { asHostError } from "../errors/index.ts";
import type { RunState } from "../events/index.ts";
import { isDoneWithin } from "../time/index.ts";

const NO_ANSWER = "No successful health check response from target";
const UNDECODABLE = "Failed to de-serialize health check response from target";

/**
 * Judges the answer to a health check. Protocol section 9.1.
 *
 * @param answer - the raw answer; its rejection counts as an answer that is none, but for one that came too late.
 * @param timeoutMs - the longest wait.
 */
export async function checkHealth(answer: Promise<Uint8Array>, timeoutMs: number): Promise<RunState> {
  // A busy actor drops the check from its queue at the same moment: that too is no answer in time.
  const judged = answer.then(judge, (error: unknown) =>
    unhealthy(asHostError(error).code === "actor.deadline" ? NO_ANSWER : UNDECODABLE),
  );
  return (await isDoneWithin(judged, timeoutMs)) ? judged : unhealthy(NO_ANSWER);
}

function judge(answer: Uint8Array): RunState {
  try {
    const { healthy, message } = decodeHealthResponse(answer);
    return healthy ? { state: "running" } : unhealthy(message);
  } catch {
    return unhealthy(UNDECODABLE);
  }
}

function unhealthy(reason: string): RunState {
  return { state: "unhealthy", reason };
}
