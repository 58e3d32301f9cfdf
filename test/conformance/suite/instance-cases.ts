import { encode } from "@msgpack/msgpack";
import { checkMany } from "./answer-cases.ts";
import { equal, equalBytes, pause, refusal, until } from "./assertions.ts";
import { type ConformanceCase, EVERY } from "./conformance-case.ts";

/** Milliseconds in which a call that must not start would have started. */
const SETTLE_MS = 60;
const PAYLOAD = new Uint8Array([1, 2, 3]);

/** Calls that overlap, instances beside each other, and guests that share a worker. */
export const instanceCases: readonly ConformanceCase[] = [
  {
    title: "four overlapping calls never interleave in one instance",
    run: async (bed) => {
      const { key } = await bed.start("repeater");
      bed.provider.hold();
      const calls = [3, 4, 5, 6].map((count) => checkMany(bed, key, count));
      await until(() => bed.provider.running === 1, "one call waits in the provider");
      await pause(SETTLE_MS);
      bed.provider.release();
      await Promise.all(calls);
      equal(bed.provider.most, 1, "host calls at one time");
      equal((await bed.describe(key))?.restarts, 0, "restarts");
    },
  },
  {
    title: "four overlapping calls run in parallel on four instances",
    run: async (bed) => {
      const { key } = await bed.start("repeater", { instances: 4 });
      bed.provider.hold();
      const calls = [3, 4, 5, 6, 7].map((count) => checkMany(bed, key, count));
      await until(() => bed.provider.running === 4, "four calls wait in the provider");
      await pause(SETTLE_MS);
      bed.provider.release();
      await Promise.all(calls);
      equal(bed.provider.most, 4, "host calls at one time");
      equal((await bed.describe(key))?.liveInstances, 4, "instances");
    },
  },
  {
    title: "pooled guests share a worker unless their host calls would block it",
    run: async (bed) => {
      const placement = bed.strategy === "shared-memory" ? "isolated" : "pooled";
      const repeater = await bed.start("repeater", { placement: "pooled", instances: 3 });
      const faulty = await bed.start("faulty", { placement: "pooled" });
      equal([repeater.placement, faulty.placement], [placement, placement], "placements");
      bed.provider.hold();
      const calls = [3, 4, 5].map((count) => checkMany(bed, repeater.key, count));
      const echo = bed.hostCall(faulty.key, "Echo", PAYLOAD);
      await until(() => bed.provider.running === 4, "four guests wait in the provider");
      bed.provider.release();
      await Promise.all(calls);
      equalBytes(await echo, PAYLOAD, "the echo");
      await refusal(bed.call(repeater.key, "Trap"), "the call");
      await checkMany(bed, repeater.key, 3);
    },
  },
  {
    title: "a trap in a pooled guest leaves its neighbours alone",
    strategies: EVERY,
    run: async (bed) => {
      const faulty = await bed.start("faulty", { placement: "pooled" });
      const bare = await bed.start("bare", { placement: "pooled" });
      const echo = await bed.start("echo", { placement: "pooled" });
      for (const operation of ["Trap", "Recurse"]) {
        await refusal(bed.call(faulty.key, operation), "the call");
        for (const { key } of [bare, echo]) {
          equalBytes(await bed.call(key, "Echo", PAYLOAD), PAYLOAD, "the echo");
        }
      }
      await refusal(bed.call(faulty.key, "Fail", encode({ text: "alive" })), "the call");
      equal((await bed.describe(faulty.key))?.restarts, 2, "restarts of the guest that trapped");
      equal((await bed.describe(echo.key))?.restarts, 0, "restarts of its neighbour");
    },
  },
];
