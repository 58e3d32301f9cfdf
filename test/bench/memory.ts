import { setTimeout as sleep } from "node:timers/promises";
import type { OpenTab } from "./open-tab.ts";
import type { Side } from "./tab-api.ts";

/** What one more actor takes in a tab. */
export interface MemoryPerActor {
  readonly title: string;
  /** What the bare side is. */
  readonly bare: string;
  readonly actors: number;
  /** Growth of the renderer's proportional set size, for each actor. */
  readonly kibibytes: Readonly<Record<Side, number>>;
}

const ACTORS = 50;
/** Started before the first look: scripts, the pool's workers and the host itself are not an actor's. */
const BEFORE = 10;
/** What was needed for the start only is given back meanwhile. */
const SETTLE_MS = 1_000;
const kinds = [
  { placement: "isolated", title: "memory per actor, isolated", bare: "worker and instance" },
  { placement: "pooled", title: "memory per actor, pooled", bare: "instance in one of 2 workers" },
] as const;

/** Measures what actors take, each kind in a browser of its own. */
export async function measureMemory(
  open: (name: string) => Promise<OpenTab>,
  only: string,
): Promise<MemoryPerActor[]> {
  const outcomes: MemoryPerActor[] = [];
  for (const { placement, title, bare } of kinds.filter((kind) => kind.title.includes(only))) {
    const kibibytes: Record<Side, number> = { ours: 0, bare: 0 };
    for (const side of ["ours", "bare"] as const) {
      const tab = await open(`${placement}-${side}`);
      await tab.line.ask("hold", placement, side, BEFORE);
      await sleep(SETTLE_MS);
      const before = tab.kibibytes();
      await tab.line.ask("hold", placement, side, ACTORS);
      await sleep(SETTLE_MS);
      kibibytes[side] = (tab.kibibytes() - before) / ACTORS;
      await tab.stop();
    }
    outcomes.push({ title, bare, actors: ACTORS, kibibytes });
  }
  return outcomes;
}
