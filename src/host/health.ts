import { decodeHealthResponse } from "../contracts/index.ts";
import { asHostError } from "../errors/index.ts";
import type { RunState } from "../events/index.ts";
import { isDoneWithin } from "../time/index.ts";

const NO_ANSWER = "No successful health check response from target";
const UNDECODABLE = "Failed to de-serialize health check response from target";
/** Characters of a reason: it is foreign text, and told to the whole lattice. */
const REASON_LIMIT = 1_024;

/** What came of a health check. */
export interface HealthReport {
  readonly state: RunState;
  /** Whether the state is what was answered; else there was no answer, or none that can be read. */
  readonly isAnswer: boolean;
}

/**
 * Judges the answer to a health check. Protocol section 9.1.
 *
 * @param answer - the raw answer; its rejection counts as an answer that is none, but for one that came too late.
 * @param timeoutMs - the longest wait.
 */
export async function checkHealth(answer: Promise<Uint8Array>, timeoutMs: number): Promise<HealthReport> {
  // A busy actor drops the check from its queue at the same moment: that too is no answer in time.
  const judged = answer.then(judge, (error: unknown) =>
    missed(asHostError(error).code === "actor.deadline" ? NO_ANSWER : UNDECODABLE),
  );
  return (await isDoneWithin(judged, timeoutMs)) ? judged : missed(NO_ANSWER);
}

function judge(answer: Uint8Array): HealthReport {
  try {
    const { healthy, message } = decodeHealthResponse(answer);
    return { state: healthy ? { state: "running" } : unhealthy(message), isAnswer: true };
  } catch {
    return missed(UNDECODABLE);
  }
}

function missed(reason: string): HealthReport {
  return { state: unhealthy(reason), isAnswer: false };
}

function unhealthy(reason: string): RunState {
  return { state: "unhealthy", reason: reason.slice(0, REASON_LIMIT) };
}
