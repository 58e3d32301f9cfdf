import { type Figures, median } from "./figures.ts";
import type { Side } from "./tab-api.ts";

/** Two ways to do the same thing, and how to measure a round of either. */
export interface Comparison {
  readonly title: string;
  /** What the bare side is. */
  readonly bare: string;
  readonly bytes: number;
  readonly inFlight: number;
  readonly measure: (side: Side, ms: number) => Promise<Figures>;
}

/** What came of a comparison: medians over the rounds. */
export interface Outcome {
  readonly title: string;
  readonly bare: string;
  readonly bytes: number;
  readonly inFlight: number;
  readonly figures: Readonly<Record<Side, Figures>>;
  /** Our speed in that of the bare side, as measured side by side. */
  readonly ratio: number;
}

const WARM_UP_MS = 200;

/** Measures both sides by turns, so that whatever else the machine does meets both. */
export async function compare(
  comparison: Comparison,
  { rounds, seconds }: { readonly rounds: number; readonly seconds: number },
): Promise<Outcome> {
  const { measure, ...labels } = comparison;
  const ms = (seconds * 1000) / rounds;
  const ours: Figures[] = [];
  const bare: Figures[] = [];
  for (const side of ["ours", "bare"] as const) await measure(side, WARM_UP_MS);
  for (let round = 0; round < rounds; round++) {
    // Each side comes first as often as second.
    for (const side of round % 2 === 0 ? (["ours", "bare"] as const) : (["bare", "ours"] as const)) {
      (side === "ours" ? ours : bare).push(await measure(side, ms));
    }
  }
  const ratios = ours.map((figures, round) => figures.perSecond / (bare[round]?.perSecond ?? Number.NaN));
  return { ...labels, figures: { ours: middle(ours), bare: middle(bare) }, ratio: median(ratios) };
}

function middle(rounds: readonly Figures[]): Figures {
  return {
    calls: rounds.reduce((sum, { calls }) => sum + calls, 0),
    perSecond: median(rounds.map(({ perSecond }) => perSecond)),
    p50Ms: median(rounds.map(({ p50Ms }) => p50Ms)),
    p99Ms: median(rounds.map(({ p99Ms }) => p99Ms)),
  };
}
