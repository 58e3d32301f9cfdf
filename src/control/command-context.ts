import { asHostError } from "../errors/index.ts";
import type { Counters, FaultLog, Logger } from "../telemetry/index.ts";
import { isDoneWithin } from "../time/index.ts";
import type { ControlledHost } from "./controlled-host.ts";
import type { WorkUnderWay } from "./work-under-way.ts";

/** Milliseconds that a stop waits for what is under way: clients wait a second for the reply. */
export const WORK_WAIT_MS = 300;

/** Milliseconds after which a stop is acknowledged although a call is still served. */
const STOP_REPLY_MS = 500;

/** What the commands of one control server have in common. */
export interface CommandContext {
  readonly host: ControlledHost;
  readonly work: WorkUnderWay;
  readonly faults: FaultLog;
  readonly logger: Logger;
  readonly counters: Counters;
}

/** Acknowledged work, told of by counters and log where it fails: clients hear of it by events only. */
export interface AcknowledgedWork {
  /** Counted as `control.{kind}_failed`. */
  readonly kind: "start" | "stop" | "update";
  readonly reference: string;
  /** As in `Actor MAU2… was acknowledged but not started`. */
  readonly sentence: string;
  readonly run: () => Promise<unknown>;
}

/** Runs acknowledged work to its end. Never rejects. */
export async function carryOut(context: CommandContext, work: AcknowledgedWork): Promise<void> {
  const { kind, reference, sentence, run } = work;
  try {
    await run();
  } catch (error) {
    const { code, message } = asHostError(error);
    context.counters.add(`control.${kind}_failed`);
    context.logger.error(`${sentence}: ${message}`, { code, reference });
  }
}

/**
 * Waits for a stop as long as clients can be kept waiting. What fails later is told as any acknowledged work.
 *
 * @returns whether it is done; if not, it goes on.
 * @throws what the stop fails with in time.
 */
export async function stopSoon(context: CommandContext, work: AcknowledgedWork): Promise<boolean> {
  const stopping = work.run();
  if (await isDoneWithin(stopping, STOP_REPLY_MS)) return true;
  void carryOut(context, { ...work, run: () => stopping });
  return false;
}

/** Why work of a full host is refused. */
export function fullText({ limit }: WorkUnderWay): string {
  return `${limit} starts and updates are under way on this host already`;
}
