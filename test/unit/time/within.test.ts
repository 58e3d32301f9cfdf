import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { HostError } from "../../../src/errors/index.ts";
import { isDoneWithin, within } from "../../../src/time/index.ts";

const late = (): HostError => new HostError("lattice.timeout", "too late");
const never = new Promise<never>(() => undefined);
/** Work that fails after so many milliseconds. */
const failsAfter = (ms: number): Promise<never> =>
  new Promise((_, reject) => {
    setTimeout(() => reject(new Error("failed")), ms);
  });

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe("work with a deadline", () => {
  it("that is done in time gives its value, and leaves no timer", async () => {
    expect(await within(Promise.resolve(7), 100, late)).toBe(7);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("that fails in time rejects with its own error, and leaves no timer", async () => {
    const error = new Error("failed");
    await expect(within(Promise.reject(error), 100, late)).rejects.toBe(error);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("that is too slow rejects with the error of the caller, made only then", async () => {
    const makeError = vi.fn(late);
    const rejected = expect(within(never, 100, makeError)).rejects.toMatchObject({
      code: "lattice.timeout",
      message: "too late",
    });
    await vi.advanceTimersByTimeAsync(99);
    expect(makeError).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    await rejected;
    expect(makeError).toHaveBeenCalledOnce();
  });
});

describe("work that somebody waits for, for a while", () => {
  it("is told to be done or not, and leaves no timer", async () => {
    expect(await isDoneWithin(Promise.resolve(), 100)).toBe(true);
    const waiting = isDoneWithin(never, 100);
    await vi.advanceTimersByTimeAsync(100);
    expect(await waiting).toBe(false);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("and fails in time rejects with its own error", async () => {
    const rejected = expect(isDoneWithin(failsAfter(50), 100)).rejects.toThrow("failed");
    await vi.advanceTimersByTimeAsync(50);
    await rejected;
  });
});

describe("work that fails after it was given up", () => {
  const unhandled = vi.fn();
  beforeEach(() => {
    unhandled.mockClear();
    process.on("unhandledRejection", unhandled);
  });
  afterEach(() => {
    process.off("unhandledRejection", unhandled);
  });

  it.each([
    ["an error", (work: Promise<never>) => within(work, 100, late).catch(() => "late")],
    ["an answer", (work: Promise<never>) => isDoneWithin(work, 100)],
  ])("disturbs nobody, be the end of the wait %s", async (_what, wait) => {
    const waiting = wait(failsAfter(200));
    await vi.advanceTimersByTimeAsync(100);
    await waiting;
    await vi.advanceTimersByTimeAsync(100);
    vi.useRealTimers();
    // Node tells of unhandled rejections after the microtasks of the turn in which they came.
    await new Promise((resolve) => setImmediate(resolve));
    expect(unhandled).not.toHaveBeenCalled();
  });
});
