import { drive, type Figures } from "../figures.ts";
import type { TabRound } from "../tab-api.ts";

/** Both ways to do the same thing. */
export interface Target {
  readonly ours: () => Promise<unknown>;
  readonly bare: () => Promise<unknown>;
}

/** Makes each target once, when it is first measured. */
export class Targets {
  readonly #made = new Map<string, Promise<Target>>();
  readonly #make: (round: TabRound) => Promise<Target>;

  constructor(make: (round: TabRound) => Promise<Target>) {
    this.#make = make;
  }

  async measure(round: TabRound): Promise<Figures> {
    const name = `${round.target} ${round.bytes}`;
    const known = this.#made.get(name) ?? this.#make(round);
    this.#made.set(name, known);
    return drive((await known)[round.side], round);
  }
}

/** Sees to it that a call was answered as expected: a wrong answer would be measured as a fast one. */
export async function expectBytes(answer: Promise<Uint8Array>, bytes: number): Promise<void> {
  const { length } = await answer;
  if (length !== bytes) throw new Error(`The answer has ${length} bytes instead of ${bytes}`);
}
