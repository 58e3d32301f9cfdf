import { WorkerEntrypoint } from "cloudflare:workers";
import guest from "weblattice:guest";
import { toErrorRecord } from "../../src/errors/index.ts";
import { GuestPool } from "../actors/guest-pool.ts";
import { type GuestWait, guestWait } from "../actors/guest-wait.ts";
import { IsolateGuest } from "../actors/isolate-guest.ts";
import type { GuestWorkerApi, HostCallStub, LoadedGuestLimits, LoadedOutcome } from "./protocol.ts";

/** Lines of a guest's console that are kept for one call. */
const MAX_LINES = 100;

/** Lines of the calls under way: guests of one isolate share them. */
let lines: string[] = [];
let pool: GuestPool | undefined;

async function poolFor({
  maxMemoryBytes,
  maxPayloadBytes,
  instances,
}: LoadedGuestLimits): Promise<GuestPool> {
  const wait = await waitOfGuest();
  pool ??= new GuestPool({
    limit: instances,
    start: (answer) =>
      IsolateGuest.start(
        {
          module: guest,
          wait,
          maxMemoryBytes,
          maxPayloadBytes,
          onLog: (text) => {
            if (lines.length < MAX_LINES) lines.push(text);
          },
        },
        answer,
      ),
  });
  return pool;
}

function waitOfGuest(): Promise<GuestWait> {
  return guestWait({ name: "guest", hash: "", module: guest, maxMemoryBytes: 0, asyncified: false });
}

async function outcome<T>(work: () => Promise<T>): Promise<LoadedOutcome<T>> {
  try {
    return { ok: true, value: await work(), log: takeLines() };
  } catch (error) {
    return { ok: false, error: toErrorRecord(error), log: takeLines() };
  }
}

function takeLines(): string[] {
  const taken = lines;
  lines = [];
  return taken;
}

/** The code of an isolate that is made at run time for one actor. It has no network and no bindings. */
export default class GuestWorker extends WorkerEntrypoint implements GuestWorkerApi {
  check(): Promise<LoadedOutcome<GuestWait>> {
    return outcome(waitOfGuest);
  }

  start(limits: LoadedGuestLimits, answer: HostCallStub): Promise<LoadedOutcome<null>> {
    return outcome(async () => {
      await (await poolFor(limits)).warm({ answer, deadlineMs: limits.deadlineMs });
      return null;
    });
  }

  call(
    operation: string,
    payload: Uint8Array,
    limits: LoadedGuestLimits,
    answer: HostCallStub,
  ): Promise<LoadedOutcome<Uint8Array>> {
    return outcome(async () =>
      (await poolFor(limits)).call({ operation, payload, answer, deadlineMs: limits.deadlineMs }),
    );
  }
}
