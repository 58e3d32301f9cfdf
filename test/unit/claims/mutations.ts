import { HostError } from "../../../src/errors/index.ts";

/** A stream of numbers that looks random and is the same every time. */
export function numbers(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return (state >>> 8) % limit;
  };
}

/** The bytes with a few of them changed, inserted or cut off. */
export function mutated(bytes: Uint8Array, next: (limit: number) => number): Uint8Array {
  const copy = [...bytes];
  for (let changes = 1 + next(4); changes > 0 && copy.length > 0; changes--) {
    const at = next(copy.length);
    const kind = next(8);
    if (kind === 0) copy.splice(at, 1 + next(4));
    else if (kind === 1) copy.splice(at, 0, next(256), next(256));
    else if (kind === 2) copy.length = at;
    else copy[at] = kind === 3 ? (copy[at] ?? 0) ^ 0x80 : next(256);
  }
  return Uint8Array.from(copy);
}

/** Runs an action on mutations; tells how many it accepted. Anything but a HostError fails the test. */
export async function survives(
  seed: Uint8Array,
  rounds: number,
  action: (bytes: Uint8Array) => unknown,
): Promise<number> {
  const next = numbers(42);
  let accepted = 0;
  for (let round = 0; round < rounds; round++) {
    try {
      await action(mutated(seed, next));
      accepted += 1;
    } catch (error) {
      if (!(error instanceof HostError)) throw error;
    }
  }
  return accepted;
}
