import { decodeHealthResponse } from "../contracts/index.ts";
import type { RunState } from "../events/index.ts";

/**
 * Judges the answer to a health check. Protocol section 9.1.
 *
 * @param answer - the raw answer; its rejection counts as an answer that is none.
 * @param timeoutMs - the longest wait.
 */
export async function checkHealth(answer: Promise<Uint8Array>, timeoutMs: number): Promise<RunState> {
  let timer: number | undefined;
  const late = new Promise<RunState>((resolve) => {
    timer = setTimeout(
      () => resolve(unhealthy("No successful health check response from target")),
      timeoutMs,
    );
  });
  const judged = answer.then(judge, () =>
    unhealthy("Failed to de-serialize health check response from target"),
  );
  const state = await Promise.race([judged, late]);
  clearTimeout(timer);
  return state;
}

function judge(answer: Uint8Array): RunState {
  try {
    const { healthy, message } = decodeHealthResponse(answer);
    return healthy ? { state: "running" } : unhealthy(message);
  } catch {
    return unhealthy("Failed to de-serialize health check response from target");
  }
}

function unhealthy(reason: string): RunState {
  return { state: "unhealthy", reason };
}
