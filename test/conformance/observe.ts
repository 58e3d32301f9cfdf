import { messageOf } from "../../src/index.ts";
import type { CaseOutcome } from "./outcome.ts";

/** Milliseconds after which a case counts as hanging. */
const CASE_DEADLINE_MS = 20_000;

/** Runs one case and tells what became of it. */
export async function observe(
  about: Pick<CaseOutcome, "title" | "strategy">,
  run: () => Promise<void>,
): Promise<CaseOutcome> {
  const started = performance.now();
  let failure: string | undefined;
  try {
    await withDeadline(run());
  } catch (error) {
    failure = messageOf(error);
  }
  const milliseconds = Math.round(performance.now() - started);
  return { ...about, milliseconds, ...(failure === undefined ? {} : { failure }) };
}

async function withDeadline(work: Promise<void>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not done after ${CASE_DEADLINE_MS} ms`)), CASE_DEADLINE_MS);
  });
  try {
    await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
