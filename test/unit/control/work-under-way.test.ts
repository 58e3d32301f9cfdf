import { describe, expect, it } from "vitest";
import { WorkUnderWay } from "../../../src/control/work-under-way.ts";

/** Work that ends when it is told to. */
function work(): { readonly run: () => Promise<void>; end(): Promise<void> } {
  let finish: () => void = () => undefined;
  const done = new Promise<void>((resolve) => {
    finish = resolve;
  });
  return {
    run: () => done,
    end: async () => {
      finish();
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

describe("work under way", () => {
  it("keeps other work out of all its names until it has ended", async () => {
    const all = new WorkUnderWay(8);
    const one = work();
    expect(all.begin(["a", "b"], one.run)).toBe("begun");
    for (const names of [["a"], ["b"], ["c", "b"]]) {
      expect(all.has(names)).toBe(true);
      expect(all.begin(names, () => Promise.reject(new Error("begun")))).toBe("busy");
    }
    expect(all.begin(["c"], work().run)).toBe("begun");
    await one.end();
    expect(all.has(["a", "b"])).toBe(false);
    expect(all.begin(["a"], work().run)).toBe("begun");
  });

  it("is no more than the limit", async () => {
    const all = new WorkUnderWay(2);
    const one = work();
    all.begin(["a"], one.run);
    expect(all.isFull).toBe(false);
    all.begin(["b"], work().run);
    expect(all.isFull).toBe(true);
    expect(all.begin(["c"], work().run)).toBe("full");
    expect(all.begin(["a"], work().run)).toBe("busy");
    await one.end();
    expect(all.begin(["c"], work().run)).toBe("begun");
  });

  it("is waited for no longer than it takes, and no longer than one would", async () => {
    const all = new WorkUnderWay(2);
    const one = work();
    all.begin(["a"], one.run);
    await all.ended(["b"], 60_000);
    await all.ended(["a"], 10);
    expect(all.has(["a"])).toBe(true);
    const waiting = all.ended(["b", "a"], 60_000);
    await one.end();
    await waiting;
    expect(all.has(["a"])).toBe(false);
  });
});
