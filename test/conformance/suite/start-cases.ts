import { decode } from "@msgpack/msgpack";
import { NO_STRATEGY_MESSAGE } from "../../../src/wapc/index.ts";
import { numbersIn } from "./answering-provider.ts";
import { contains, equal, equalBytes, refusal } from "./assertions.ts";
import { type ConformanceCase, EVERY } from "./conformance-case.ts";

const PAYLOAD = new Uint8Array([1, 2, 3]);

/** What happens while a guest starts, and guests that need no strategy. */
export const startCases: readonly ConformanceCase[] = [
  {
    title: "a guest may call an actor in wapc_init",
    run: async (bed) => {
      await bed.start("ponger");
      const { key } = await bed.start("faulty-init");
      equal(decode(await bed.call(key, "Learned")), { value: 42 }, "what it learned");
    },
  },
  {
    title: "a guest may call a provider in _initialize, _start and wapc_init",
    run: async (bed) => {
      const { key } = await bed.start("starter");
      equal(numbersIn(await bed.call(key, "Learned")), [2, 3, 4], "what it learned");
    },
  },
  {
    title: "a guest that fails in wapc_init leaves nothing behind",
    strategies: EVERY,
    run: async (bed) => {
      const { code } = await refusal(bed.start("faulty-init"), "its start");
      equal(code, "guest.trap", "code");
      equal((await bed.host.describe()).actors, [], "running actors");
    },
  },
  {
    title: "a module with unknown imports is refused with their names",
    strategies: EVERY,
    run: async (bed) => {
      const { code, message } = await refusal(bed.start("stranger"), "its start");
      equal(code, "module.unknown_import", "code");
      for (const name of ["wapc.__format_disk", "env.teleport"]) contains(message, name, "text");
    },
  },
  {
    title: "guests that do not call out run",
    strategies: EVERY,
    run: async (bed) => {
      const bare = await bed.start("bare");
      equal(bare.hostCalls, "none", "strategy of a guest that cannot call out");
      const echo = await bed.start("echo");
      for (const { key } of [bare, echo]) {
        equalBytes(await bed.call(key, "Echo", PAYLOAD), PAYLOAD, "the echo");
      }
    },
  },
  {
    title: "host calls fail with the reason, and the guest lives on",
    strategies: ["none"],
    run: async (bed) => {
      const { key } = await bed.start("faulty");
      for (let times = 0; times < 2; times++) {
        const { message } = await refusal(bed.hostCall(key, "Echo", PAYLOAD), "the host call");
        contains(message, NO_STRATEGY_MESSAGE, "text");
      }
      equal((await bed.describe(key))?.restarts, 0, "restarts");
    },
  },
];
