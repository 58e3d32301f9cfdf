import { median } from "./figures.ts";
import type { Side, Startable } from "./tab-api.ts";
import type { TabLine } from "./tab-line.ts";

/** How long something takes to start. */
export interface StartTimes {
  readonly title: string;
  /** What the bare side is. */
  readonly bare: string;
  /** Median and worst, in milliseconds. */
  readonly times: Readonly<Record<Side, { readonly medianMs: number; readonly worstMs: number }>>;
}

const STARTS = 15;
const WORKER = "worker and instance";
const COMPILED = "worker and instance, compiled before";
const INSTANCE = "instance, compiled before";
const things: readonly { readonly what: Startable; readonly title: string; readonly bare: string }[] = [
  { what: "host", title: "start of a tab's host", bare: "worker" },
  { what: "first-isolated", title: "start, first instance, isolated", bare: WORKER },
  { what: "first-pooled", title: "start, first instance, pooled", bare: WORKER },
  { what: "actor-isolated", title: "start of an actor, isolated", bare: COMPILED },
  { what: "actor-pooled", title: "start of an actor, pooled", bare: INSTANCE },
  { what: "second-isolated", title: "start, second instance, isolated", bare: COMPILED },
  { what: "second-pooled", title: "start, second instance, pooled", bare: INSTANCE },
  { what: "unpark-isolated", title: "start by un-parking, isolated", bare: COMPILED },
  { what: "unpark-pooled", title: "start by un-parking, pooled", bare: INSTANCE },
];

/** Measures starts, ours and bare by turns. The first of each is not counted: its scripts are not in the cache. */
export async function measureStarts(tab: TabLine, only: string): Promise<StartTimes[]> {
  const outcomes: StartTimes[] = [];
  for (const { what, title, bare } of things.filter((thing) => thing.title.includes(only))) {
    const times: Record<Side, number[]> = { ours: [], bare: [] };
    for (let start = 0; start <= STARTS; start++) {
      for (const side of ["ours", "bare"] as const) {
        const ms = await tab.ask("timeStart", what, side);
        if (start > 0) times[side].push(ms);
      }
    }
    outcomes.push({ title, bare, times: { ours: summary(times.ours), bare: summary(times.bare) } });
  }
  return outcomes;
}

function summary(times: readonly number[]): { readonly medianMs: number; readonly worstMs: number } {
  return { medianMs: median(times), worstMs: Math.max(...times) };
}
