import { numberBytes, numbersIn } from "./answering-provider.ts";
import { contains, equal, equalBytes, refusal } from "./assertions.ts";
import type { ConformanceCase } from "./conformance-case.ts";
import type { TestBed } from "./test-bed.ts";

/** None, one, around the 64 KiB that the shared block takes at once, and several blocks. */
const SIZES: readonly number[] = [0, 1, 65_535, 65_536, 65_537, 131_072, 300_000, 2_000_000];
const FOREIGN = "Größe überschritten: 数値 🦀 \u0000 Ende";

function pattern(length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  // Millions of them, in every engine: a callback for each would take most of the time.
  for (let index = 0; index < length; index++) bytes[index] = index * 31 + (index >> 8) + length;
  return bytes;
}

/** The right answers to host calls, however large and however many. */
export const answerCases: readonly ConformanceCase[] = [
  {
    title: "payloads and answers of any size arrive whole",
    run: async (bed) => {
      const { key, hostCalls } = await bed.start("faulty");
      equal(hostCalls, bed.strategy, "the actor's strategy");
      for (const size of SIZES) {
        equalBytes(await bed.hostCall(key, "Echo", pattern(size)), pattern(size), `an echo of ${size} bytes`);
      }
    },
  },
  {
    title: "a refused host call gives the guest its text, and the next is answered",
    run: async (bed) => {
      const { key } = await bed.start("faulty");
      for (const text of [FOREIGN, "", "ü".repeat(100_000)]) {
        const { message } = await refusal(bed.hostCall(key, "Refuse", bytesOf(text)), "the host call");
        contains(message, `Host error: ${text.slice(0, 1_000)}`, "error text");
      }
      equalBytes(await bed.hostCall(key, "Echo", pattern(100)), pattern(100), "the echo after it");
      equal((await bed.describe(key))?.restarts, 0, "restarts");
    },
  },
  {
    title: "a host call without a target is refused with the reason",
    run: async (bed) => {
      const { key } = await bed.start("faulty");
      const call = bed.ask(key, "Call", { target: "no/such/alias", operation: "Ping" });
      contains(
        (await refusal(call, "the host call")).message,
        "was not found as an actor public key",
        "text",
      );
    },
  },
  {
    title: "200 host calls in one call keep the guest's locals",
    run: async (bed) => {
      const { key } = await bed.start("repeater");
      await checkMany(bed, key, 200);
    },
  },
  {
    title: "a guest waits 200 frames deep",
    run: async (bed) => {
      const { key } = await bed.start("repeater");
      const [value] = numbersIn(await bed.call(key, "Deep", numberBytes(200)));
      equal(value, 201, "value");
    },
  },
  {
    title: "a guest grows its memory between host calls",
    run: async (bed) => {
      const { key } = await bed.start("repeater");
      for (const first of [0, 7]) {
        equal(numbersIn(await bed.call(key, "Grow", numberBytes(first)))[0], first + 2, "value");
      }
    },
  },
  {
    title: "actors call each other by alias and by key",
    run: async (bed) => {
      const pinger = await bed.start("pinger");
      const ponger = await bed.start("ponger");
      for (const target of ["weblattice/examples/ponger", ponger.key]) {
        equal(await bed.ask(pinger.key, "PingVia", { target, value: 1 }), { value: 43 }, "answer");
      }
    },
  },
];

/** So many host calls in one call of the guest `repeater`, and what it adds up meanwhile in locals of each type. */
export async function checkMany(bed: TestBed, key: string, count: number): Promise<void> {
  const answer = await bed.call(key, "Many", numberBytes(count));
  const view = new DataView(answer.buffer, answer.byteOffset, answer.byteLength);
  const sum = (count * (count + 1)) / 2;
  equal(view.getUint32(0, true), count, "the last answer");
  equal(Number(view.getBigInt64(8, true)), sum, "sum of integers");
  equal(view.getFloat64(16, true), sum, "sum in double precision");
  equal(view.getFloat32(24, true), count / 2, "sum in single precision");
}

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
