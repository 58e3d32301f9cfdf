import { instantiate } from "@wapc/host";
import { GuestInstance, noStrategy } from "../../src/wapc/index.ts";
import { testActor } from "../support/actors.ts";
import type { Comparison } from "./compare.ts";
import { drive, type Figures, samplePayload } from "./figures.ts";
import type { Side } from "./tab-api.ts";

const SIZES: readonly number[] = [0, 100, 1024, 64 * 1024, 1024 * 1024];
/** Calls between two looks at the clock: a small call takes about as long as a look does. */
const BATCH = 32;
const MAX_PAYLOAD_BYTES = 16 * 1024 * 1024;

type Call = (payload: Uint8Array) => Promise<Uint8Array>;

/** Calls of a guest in the same thread, here in Node. Bare: `@wapc/host` with the same module and payload. */
export async function guestCallComparisons(): Promise<Comparison[]> {
  const { bytes } = testActor("echo");
  const guest = await GuestInstance.start(await WebAssembly.compile(bytes), {
    strategy: noStrategy(),
    log: () => undefined,
    maxPayloadBytes: MAX_PAYLOAD_BYTES,
  });
  const other = await instantiate(bytes);
  const sides: Readonly<Record<Side, Call>> = {
    ours: (payload) => guest.call("Echo", payload),
    bare: (payload) => other.invoke("Echo", payload),
  };
  return SIZES.map((size) => {
    const payload = samplePayload(size);
    return {
      title: "guest call, same thread",
      bare: "@wapc/host 0.0.3",
      bytes: size,
      inFlight: 1,
      measure: (side, ms) => measure(sides[side], payload, ms),
    };
  });
}

async function measure(call: Call, payload: Uint8Array, ms: number): Promise<Figures> {
  const batch = async (): Promise<void> => {
    for (let done = 0; done < BATCH; done++) {
      const { length } = await call(payload);
      if (length !== payload.length) throw new Error(`The answer has ${length} bytes`);
    }
  };
  const { calls, perSecond, p50Ms, p99Ms } = await drive(batch, { inFlight: 1, ms });
  return {
    calls: calls * BATCH,
    perSecond: perSecond * BATCH,
    p50Ms: p50Ms / BATCH,
    p99Ms: p99Ms / BATCH,
  };
}
