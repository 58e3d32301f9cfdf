import { expect, it } from "vitest";
import { Gathering } from "../../../web/gathering.ts";

/** Doubles numbers, all of them or none: it cannot double 13. */
function doubling() {
  const pieces: (readonly number[])[] = [];
  const gathering = new Gathering(async (numbers: readonly number[]) => {
    pieces.push(numbers);
    await Promise.resolve();
    if (numbers.includes(13)) throw new Error("not this one");
    return numbers.map((number) => number * 2);
  });
  return { pieces, gathering };
}

it("what comes at one time, or during other work, is done together and in order", async () => {
  const { pieces, gathering } = doubling();
  const first = [1, 2].map((number) => gathering.add(number));
  await Promise.resolve();
  const next = [3, 4, 5].map((number) => gathering.add(number));
  expect(await Promise.all([...first, ...next])).toEqual([2, 4, 6, 8, 10]);
  expect(pieces).toEqual([
    [1, 2],
    [3, 4, 5],
  ]);
  expect(await gathering.add(6)).toBe(12);
  expect(pieces.at(-1)).toEqual([6]);
});

it("what fails is told to its caller alone", async () => {
  const { pieces, gathering } = doubling();
  const all = await Promise.allSettled([1, 13, 2].map((number) => gathering.add(number)));
  expect(all.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  expect(pieces).toEqual([[1, 13, 2], [1], [13], [2]]);
});

it("a piece of work has a limit, and what is beyond it comes next", async () => {
  const { pieces, gathering } = doubling();
  await Promise.all(Array.from({ length: 100 }, (_, number) => gathering.add(number + 100)));
  expect(pieces.map(({ length }) => length)).toEqual([64, 36]);
});
