import { describe, expect, it } from "vitest";
import { Deadlines } from "../../../src/actors/deadlines.ts";

function after(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

describe("deadlines", () => {
  it("come in their order, whatever the order they were set in", async () => {
    const due: string[] = [];
    await new Promise<void>((resolve) => {
      const deadlines = new Deadlines<string>((item) => {
        due.push(item);
        if (item === "last") resolve();
      });
      deadlines.set("last", 60);
      deadlines.set("first", 5);
      deadlines.set("second", 30);
    });
    expect(due).toEqual(["first", "second", "last"]);
  });

  it("that are taken back do not come, and do not keep others from coming", async () => {
    const due: string[] = [];
    await new Promise<void>((resolve) => {
      const deadlines = new Deadlines<string>((item) => {
        due.push(item);
        resolve();
      });
      deadlines.set("taken back", 5);
      deadlines.delete("taken back");
      deadlines.set("kept", 20);
    });
    expect(due).toEqual(["kept"]);
  });

  it("of one item replace each other", async () => {
    const due: string[] = [];
    await new Promise<void>((resolve) => {
      const deadlines = new Deadlines<string>((item) => {
        due.push(item);
        if (item === "other") resolve();
      });
      deadlines.set("moved", 5);
      deadlines.set("moved", 60_000);
      deadlines.set("other", 20);
    });
    expect(due).toEqual(["other"]);
  });

  it("may set and take back others when they come", async () => {
    const due: string[] = [];
    await new Promise<void>((resolve) => {
      const deadlines = new Deadlines<string>((item) => {
        due.push(item);
        if (item === "last") return resolve();
        deadlines.delete("taken back");
        deadlines.set("last", 5);
      });
      deadlines.set("first", 5);
      deadlines.set("taken back", 5);
    });
    expect(due).toEqual(["first", "last"]);
  });

  it("are forgotten at the end", async () => {
    const due: string[] = [];
    const deadlines = new Deadlines<string>((item) => due.push(item));
    deadlines.set("late", 5);
    deadlines.close();
    deadlines.close();
    await after(20);
    expect(due).toEqual([]);
  });
});
