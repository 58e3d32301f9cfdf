import { ALLOW_ALL, Dispatcher } from "../../src/dispatch/index.ts";
import { LatticeCache } from "../../src/lattice/index.ts";
import { Counters } from "../../src/telemetry/index.ts";
import { GuestInstance, noStrategy } from "../../src/wapc/index.ts";
import { testActor } from "../support/actors.ts";
import type { Comparison } from "./compare.ts";
import { drive, samplePayload } from "./figures.ts";
import { actorKey, CONTRACT, fillCache, MANY, PROVIDER } from "./many-entries.ts";
import type { Side } from "./tab-api.ts";

/** Actors that call by turns. */
const CALLERS = 64;
const FEW = { claims: CALLERS, links: CALLERS, aliases: 0 };
const BYTES = 1_024;
const BATCH = 32;
const FAR = Number.MAX_SAFE_INTEGER;

/**
 * A host call through a link, here in Node: what is looked up is in a cache of a large lattice. Bare: the same with
 * only what is looked up. A guest that echoes stands for the provider.
 */
export async function cacheCallComparisons(): Promise<Comparison[]> {
  const guest = await GuestInstance.start(await WebAssembly.compile(testActor("echo").bytes), {
    strategy: noStrategy(),
    log: () => undefined,
    maxPayloadBytes: BYTES,
  });
  const sides: Readonly<Record<Side, Dispatcher>> = {
    ours: dispatcherWith(MANY, guest),
    bare: dispatcherWith(FEW, guest),
  };
  const payload = samplePayload(BYTES);
  const callers = Array.from({ length: CALLERS }, (_, n) => actorKey(n));
  let turn = 0;
  const call = async (dispatcher: Dispatcher): Promise<void> => {
    const actor = callers[turn++ % CALLERS] as string;
    const request = { binding: "default", namespace: CONTRACT, operation: "Echo", payload };
    const answer = await dispatcher.hostCall(actor, request, { chain: [actor], deadline: FAR });
    if (!answer.ok) throw new Error(answer.message);
  };
  return [
    {
      title: "host call, cache of 210,000",
      bare: `cache of ${CALLERS * 2}`,
      bytes: BYTES,
      inFlight: 1,
      measure: async (side, ms) => {
        const batch = async (): Promise<void> => {
          for (let done = 0; done < BATCH; done++) await call(sides[side]);
        };
        const { calls, perSecond, p50Ms, p99Ms } = await drive(batch, { inFlight: 1, ms });
        return {
          calls: calls * BATCH,
          perSecond: perSecond * BATCH,
          p50Ms: p50Ms / BATCH,
          p99Ms: p99Ms / BATCH,
        };
      },
    },
  ];
}

function dispatcherWith(counts: Parameters<typeof fillCache>[1], guest: GuestInstance): Dispatcher {
  const cache = new LatticeCache();
  fillCache(cache, counts);
  const dispatcher = new Dispatcher({
    cache,
    authorizer: ALLOW_ALL,
    counters: new Counters(),
    now: Date.now,
    callDeadlineMs: 10_000,
    rpcTimeoutMs: 2_000,
    payloadBytes: BYTES,
    onCall: () => undefined,
  });
  dispatcher.register({
    entity: { kind: "provider", id: PROVIDER, contractId: CONTRACT, linkName: "default" },
    onLattice: false,
    deliver: ({ operation, payload }) => guest.call(operation, payload),
  });
  return dispatcher;
}
