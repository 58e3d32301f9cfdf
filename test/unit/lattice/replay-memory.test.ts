import { describe, expect, test } from "vitest";
import { ReplayMemory } from "../../../src/lattice/replay-memory.ts";

describe("the replay memory", () => {
  test("admits an id of a host once", () => {
    const memory = new ReplayMemory();
    expect(memory.admit("N1", "a", 0)).toBe(true);
    expect(memory.admit("N1", "a", 1)).toBe(false);
    expect(memory.admit("N1", "b", 1)).toBe(true);
    expect(memory.admit("N2", "a", 1)).toBe(true);
  });

  test("forgets an id after ten minutes and not before", () => {
    const memory = new ReplayMemory();
    memory.admit("N", "a", 1_000);
    expect(memory.admit("N", "a", 600_999)).toBe(false);
    expect(memory.admit("N", "a", 601_000)).toBe(true);
    expect(memory.size).toBe(1);
  });

  test("forgets all that is over, not only one", () => {
    const memory = new ReplayMemory({ keepMs: 10 });
    for (let i = 0; i < 100; i++) memory.admit("N", String(i), 0);
    memory.admit("N", "new", 10);
    expect(memory.size).toBe(1);
  });

  test("forgets the oldest where there is no more room", () => {
    const memory = new ReplayMemory({ capacity: 3 });
    for (const id of ["a", "b", "c", "d"]) memory.admit("N", id, 0);
    expect(memory.size).toBe(3);
    expect(memory.admit("N", "d", 0)).toBe(false);
    expect(memory.admit("N", "a", 0)).toBe(true);
  });

  test("keeps 100,000 ids", () => {
    const memory = new ReplayMemory();
    for (let i = 0; i < 100_010; i++) memory.admit("N", String(i), 0);
    expect(memory.size).toBe(100_000);
  });
});
