import { messageOf } from "../../src/index.ts";
import type { CaseOutcome } from "./outcome.ts";

/** Milliseconds after which a case counts as hanging. */
const CASE_DEADLINE_MS = 20_000;

/** A case that needs nothing more to be run. */
export interface RunnableCase {
  readonly title: string;
  readonly run: () => Promise<void>;
}

/** Runs cases side by side: they wait more than they work. Each has its share of the time of all. */
export async function observeAll(cases: readonly RunnableCase[]): Promise<CaseOutcome[]> {
  const started = performance.now();
  const found = await Promise.all(cases.map(({ title, run }) => observe({ title }, run)));
  const milliseconds = Math.round((performance.now() - started) / cases.length);
  return found.map((outcome) => ({ ...outcome, milliseconds }));
}

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
