import { checkMany } from "./answer-cases.ts";
import { contains, equal, holds, refusal, until } from "./assertions.ts";
import { type ConformanceCase, EVERY } from "./conformance-case.ts";

/** Milliseconds a call may wait in the provider. */
const DEADLINE_MS = 1_000;
/** Milliseconds a call may loop; a new worker has to start within it while engines still end the one that loops. */
const LOOP_DEADLINE_MS = 2_000;
/** Milliseconds after the deadline by which the caller must know; generous, since engines share few cores. */
const GRACE_MS = 1_500;

/** Guests that fail, trap or never return: the caller is told, and the next call works. */
export const failureCases: readonly ConformanceCase[] = [
  {
    title: "a guest's own error after a host call keeps its instance",
    run: async (bed) => {
      const { key } = await bed.start("repeater");
      const { message, reason } = await refusal(bed.call(key, "Fail"), "the call");
      equal(reason, "guest.failure", "reason");
      contains(message, "Guest call failure: after the host call", "text");
      await checkMany(bed, key, 3);
      equal((await bed.describe(key))?.restarts, 0, "restarts");
    },
  },
  {
    title: "a trap after a host call costs the instance, and the next call works",
    run: async (bed) => {
      const { key } = await bed.start("repeater");
      for (let traps = 1; traps <= 2; traps++) {
        equal((await refusal(bed.call(key, "Trap"), "the call")).reason, "guest.trap", "reason");
        await checkMany(bed, key, 3);
        equal((await bed.describe(key))?.restarts, traps, "restarts");
      }
    },
  },
  {
    title: "a deadline ends the wait for a host call, and its late answer reaches nobody",
    run: async (bed) => {
      const { key } = await bed.start("repeater", { limits: { callDeadlineMs: DEADLINE_MS } });
      bed.provider.hold();
      const started = performance.now();
      await refusal(checkMany(bed, key, 5), "the call");
      holds(performance.now() - started < DEADLINE_MS + GRACE_MS, "the caller is told in time");
      bed.provider.release();
      await until(() => bed.provider.running === 0, "the provider is done");
      await checkMany(bed, key, 5);
    },
  },
  {
    title: "a deadline ends an endless loop, and the next call works",
    strategies: EVERY,
    run: async (bed) => {
      const { key } = await bed.start("faulty", { limits: { callDeadlineMs: LOOP_DEADLINE_MS } });
      const started = performance.now();
      equal((await refusal(bed.call(key, "Spin"), "the call")).reason, "actor.deadline", "reason");
      holds(performance.now() - started < LOOP_DEADLINE_MS + GRACE_MS, "the caller is told in time");
      const { message } = await refusal(bed.ask(key, "Fail", { text: "alive" }), "the next call");
      contains(message, "alive", "text");
    },
  },
  {
    title: "an actor that reaches itself is told so",
    run: async (bed) => {
      const { key } = await bed.start("faulty");
      const { message } = await refusal(bed.ask(key, "CallSelf", { operation: "Log" }), "the call");
      contains(message, "would come back to actor", "text");
    },
  },
];
