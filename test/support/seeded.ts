/** Random numbers that a seed repeats: a failed test prints it. */
export interface Seeded {
  readonly seed: number;
  /** A whole number from 0 up to, not including, the limit. */
  below(limit: number): number;
}

/** @param seed - default another one each time. */
export function seeded(seed: number = Math.floor(Math.random() * 2 ** 31)): Seeded {
  let state = seed >>> 0;
  return {
    seed,
    below: (limit) => {
      // A linear congruential step, its high bits mixed into the low ones.
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return ((state ^ (state >>> 15)) >>> 0) % limit;
    },
  };
}
