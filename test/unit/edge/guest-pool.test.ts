import { describe, expect, it } from "vitest";
import { GuestPool } from "../../../edge/actors/guest-pool.ts";
import { type AnswerHostCall, IsolateGuest } from "../../../edge/actors/isolate-guest.ts";
import type { HostError } from "../../../src/errors/index.ts";
import { prepareModule } from "../../../src/wapc/index.ts";
import { testActor } from "../../support/actors.ts";

const maxMemoryBytes = 16 * 1024 * 1024;
const prepared = prepareModule(testActor("echo").bytes, { maxMemoryBytes, fuel: true });
const module = new WebAssembly.Module(prepared as Uint8Array<ArrayBuffer>);
const answer: AnswerHostCall = async () => ({ ok: false, message: "no host" });
const payload = new TextEncoder().encode("hello");

/** @param ready - what each start waits for. */
function poolOf(
  limit: number,
  ready: Promise<void> = Promise.resolve(),
): { readonly pool: GuestPool; started(): number } {
  let starts = 0;
  const pool = new GuestPool({
    limit,
    start: async (first) => {
      starts++;
      await ready;
      const options = { module, wait: "none", maxMemoryBytes, maxPayloadBytes: 1_000 } as const;
      return IsolateGuest.start({ ...options, onLog: () => undefined }, first);
    },
  });
  return { pool, started: () => starts };
}

describe("a pool of guests", () => {
  it("starts no more than its limit, however many calls come at once", async () => {
    const { pool, started } = poolOf(2);
    const calls = Array.from({ length: 20 }, () =>
      pool.call({ operation: "Echo", payload, answer, deadlineMs: 5_000 }),
    );
    expect(await Promise.all(calls)).toEqual(Array.from({ length: 20 }, () => payload));
    expect(started()).toBe(2);
  });

  it("refuses calls at once when too many wait, and takes some again when they are over", async () => {
    const { pool } = poolOf(1, new Promise(() => undefined));
    const call = (): Promise<string> =>
      pool.call({ operation: "Echo", payload, answer, deadlineMs: 40 }).then(
        () => "answered",
        ({ code }: HostError) => code,
      );
    for (let round = 0; round < 2; round++) {
      const codes = await Promise.all(Array.from({ length: 260 }, call));
      expect(codes.filter((code) => code === "actor.queue_full")).toHaveLength(3);
    }
  });

  it("does not begin a call that was over before its guest had started", async () => {
    let calls = 0;
    let begin = (): void => undefined;
    const slow = new Promise<void>((resolve) => {
      begin = resolve;
    });
    const pool = new GuestPool({
      limit: 1,
      start: async (first) => {
        await slow;
        const options = { module, wait: "none", maxMemoryBytes, maxPayloadBytes: 1_000 } as const;
        const guest = await IsolateGuest.start({ ...options, onLog: () => undefined }, first);
        const call = guest.call.bind(guest);
        guest.call = (...given) => {
          calls++;
          return call(...given);
        };
        return guest;
      },
    });
    const late = pool.call({ operation: "Echo", payload, answer, deadlineMs: 5 });
    await expect(late).rejects.toMatchObject({ code: "actor.deadline" });
    begin();
    // Begun after the one that is late, and over after it.
    await pool.call({ operation: "Echo", payload, answer, deadlineMs: 5_000 });
    expect(calls).toBe(1);
  });
});
