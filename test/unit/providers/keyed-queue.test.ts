import { expect, it } from "vitest";
import { KeyedQueue } from "../../../src/providers/keyed-queue.ts";

/** Work that lasts until it is let go. */
function held(story: string[], name: string): { work: () => Promise<string>; letGo: () => void } {
  let letGo = (): void => undefined;
  const gate = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  const work = async (): Promise<string> => {
    story.push(`${name} begins`);
    await gate;
    story.push(`${name} ends`);
    return name;
  };
  return { work, letGo };
}

it("work of one key is done in turn, of others beside it", async () => {
  const story: string[] = [];
  const queue = new KeyedQueue(10);
  const [a, b, c] = [held(story, "a"), held(story, "b"), held(story, "c")];
  const runs = [queue.run(["k"], a.work), queue.run(["k"], b.work), queue.run(["l"], c.work)];
  for (const { letGo } of [c, b, a]) letGo();
  expect(await Promise.all(runs)).toEqual(["a", "b", "c"]);
  expect(story.indexOf("b begins")).toBeGreaterThan(story.indexOf("a ends"));
  expect(story.indexOf("c begins")).toBeLessThan(story.indexOf("a ends"));
});

it("work of several keys waits for all of them, and never for itself or each other", async () => {
  const story: string[] = [];
  const queue = new KeyedQueue(10);
  const names = [["x", "y"], ["y", "x"], ["x", "x"], ["y"]];
  const runs = names.map((keys, index) => {
    const { work, letGo } = held(story, String(index));
    letGo();
    return queue.run(keys, work);
  });
  await Promise.all(runs);
  expect(story.slice(0, 4)).toEqual(["0 begins", "0 ends", "1 begins", "1 ends"]);
});

it("what fails is told to its caller alone", async () => {
  const queue = new KeyedQueue(10);
  const failing = queue.run(["k"], () => Promise.reject(new Error("no")));
  const next = queue.run(["k"], async () => 1);
  await expect(failing).rejects.toThrow("no");
  expect(await next).toBe(1);
});

it("refuses more than may wait, and takes more when some are done", async () => {
  const story: string[] = [];
  const queue = new KeyedQueue(2);
  const [a, b] = [held(story, "a"), held(story, "b")];
  const runs = [queue.run(["k"], a.work), queue.run(["l"], b.work)];
  await expect(queue.run(["m"], async () => 0)).rejects.toMatchObject({ code: "provider.overloaded" });
  a.letGo();
  b.letGo();
  await Promise.all(runs);
  await new Promise((resolve) => setTimeout(resolve));
  expect(await queue.run(["k"], async () => 5)).toBe(5);
});
