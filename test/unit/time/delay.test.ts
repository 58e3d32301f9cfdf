import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { delay } from "../../../src/time/index.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe("a delay", () => {
  it("resolves when its time has passed, not before", async () => {
    const done = vi.fn();
    const waiting = delay(100).then(done);
    await vi.advanceTimersByTimeAsync(99);
    expect(done).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    expect(done).toHaveBeenCalledOnce();
    await waiting;
  });

  it("that is aborted rejects with the reason, and leaves no timer", async () => {
    const controller = new AbortController();
    const waiting = delay(100, controller.signal);
    const reason = new Error("no more");
    controller.abort(reason);
    await expect(waiting).rejects.toBe(reason);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("with a signal that is aborted already does not begin", async () => {
    const reason = new Error("no more");
    await expect(delay(100, AbortSignal.abort(reason))).rejects.toBe(reason);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("that has ended listens to its signal no longer", async () => {
    const { signal } = new AbortController();
    const added = vi.spyOn(signal, "addEventListener");
    const removed = vi.spyOn(signal, "removeEventListener");
    const waiting = delay(100, signal);
    await vi.advanceTimersByTimeAsync(100);
    await waiting;
    expect(added).toHaveBeenCalledOnce();
    expect(removed).toHaveBeenCalledWith("abort", added.mock.calls[0]?.[1]);
  });
});
