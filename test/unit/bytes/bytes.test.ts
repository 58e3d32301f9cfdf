import { describe, expect, it } from "vitest";
import { joined, readBody } from "../../../src/bytes/index.ts";

/** The body of a response that comes in pieces. */
function body(...pieces: number[][]): ReadableStream<Uint8Array<ArrayBuffer>> {
  return new ReadableStream({
    start(controller) {
      for (const piece of pieces) controller.enqueue(Uint8Array.from(piece));
      controller.close();
    },
  });
}

describe("parts", () => {
  it("are put together in their order, in memory of their own", () => {
    const part = Uint8Array.of(2, 3);
    const whole = joined([Uint8Array.of(1), part, new Uint8Array(0)]);
    part[0] = 9;
    expect([...whole]).toEqual([1, 2, 3]);
    expect([...joined([])]).toEqual([]);
  });
});

describe("a body", () => {
  it("is read whole up to its limit, and not beyond", async () => {
    expect(await readBody(body([1, 2], [3]), 3)).toEqual(Uint8Array.of(1, 2, 3));
    expect(await readBody(body([1, 2], [3]), 2)).toBeUndefined();
    expect(await readBody(null, 0)).toEqual(new Uint8Array(0));
  });

  it("that never ends is given up with the reason of the signal", async () => {
    const endless = new ReadableStream<Uint8Array<ArrayBuffer>>({});
    const controller = new AbortController();
    const reading = readBody(endless, 1, controller.signal);
    controller.abort(new Error("too late"));
    await expect(reading).rejects.toThrow("too late");
  });
});
