import { describe, expect, it } from "vitest";
import { HostError } from "../../../../src/errors/index.ts";
import { prepareModule, stripCustomSections } from "../../../../src/wapc/index.ts";
import { testActor } from "../../../support/actors.ts";
import { MODERN, modern } from "./modules.ts";

const ROUNDS = 600;
const OPTIONS = { maxMemoryBytes: 64 * 1024 * 1024, fuel: true } as const;

/** A stream of numbers that looks random and is the same every time. */
function numbers(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return (state >>> 8) % limit;
  };
}

/** The bytes with a few of them changed, inserted or cut off. */
function mutated(bytes: Uint8Array, next: (limit: number) => number): Uint8Array<ArrayBuffer> {
  const copy = [...bytes];
  for (let changes = 1 + next(4); changes > 0 && copy.length > 8; changes--) {
    const at = 8 + next(copy.length - 8);
    const kind = next(8);
    if (kind === 0) copy.splice(at, 1 + next(4));
    else if (kind === 1) copy.splice(at, 0, next(256), next(256));
    else if (kind === 2) copy.length = at;
    else copy[at] = kind === 3 ? (copy[at] ?? 0) ^ 0x80 : next(256);
  }
  return Uint8Array.from(copy);
}

describe("whatever is done to a module", () => {
  const seeds: (readonly [string, Uint8Array])[] = [
    ...Object.keys(MODERN).map((title) => [title, modern(title)] as const),
    ["the actor bare", stripCustomSections(testActor("bare").bytes)],
  ];

  it.each(seeds)("it is prepared or refused: %s", (_, seed) => {
    const next = numbers(7);
    let valid = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const bytes = mutated(seed, next);
      const wasValid = WebAssembly.validate(bytes);
      try {
        const isValid = WebAssembly.validate(prepareModule(bytes, OPTIONS));
        // An index one beyond the module's own may name what was added, except for globals: that does no harm.
        if (wasValid) expect(isValid).toBe(true);
        if (isValid) valid++;
      } catch (error) {
        if (!(error instanceof HostError)) throw error;
        if (wasValid) expect(error.code).not.toBe("module.malformed");
      }
    }
    expect(valid).toBeGreaterThan(0);
  });
});
