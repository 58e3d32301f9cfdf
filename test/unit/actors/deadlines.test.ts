import { describe, expect, it } from "vitest";
import { Deadlines } from "../../../src/actors/deadlines.ts";

function after(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

describe("deadlines", () => {
  it("come in their order, whatever the order they were set in", async () => {
    const deadlines = new Deadlines();
    const due: string[] = [];
    await new Promise<void>((resolve) => {
      deadlines.add(60, () => {
        due.push("last");
        resolve();
      });
      deadlines.add(5, () => due.push("first"));
      deadlines.add(30, () => due.push("second"));
    });
    expect(due).toEqual(["first", "second", "last"]);
  });

  it("that are taken back do not come, and do not keep others from coming", async () => {
    const deadlines = new Deadlines();
    const due: string[] = [];
    const takeBack = deadlines.add(5, () => due.push("taken back"));
    takeBack();
    await new Promise<void>((resolve) => {
      deadlines.add(20, resolve);
    });
    expect(due).toEqual([]);
  });

  it("may set and take back others when they come", async () => {
    const deadlines = new Deadlines();
    const due: string[] = [];
    await new Promise<void>((resolve) => {
      let takeBack = (): void => undefined;
      deadlines.add(5, () => {
        takeBack();
        deadlines.add(5, resolve);
      });
      takeBack = deadlines.add(5, () => due.push("taken back"));
    });
    expect(due).toEqual([]);
  });

  it("are forgotten at the end", async () => {
    const deadlines = new Deadlines();
    const due: string[] = [];
    deadlines.add(5, () => due.push("late"));
    deadlines.close();
    deadlines.close();
    await after(20);
    expect(due).toEqual([]);
  });
});
