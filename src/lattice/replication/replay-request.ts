import type { FaultLog } from "../../telemetry/index.ts";
import type { CacheEvent } from "../cache-event.ts";
import type { LatticeConnection } from "../connection.ts";
import { decodeCacheEvent } from "../wire/cache-event-codec.ts";
import { decodeReplayRequestAck, encodeReplayRequest } from "../wire/replay-codec.ts";
import { undecodable } from "../wire/undecodable.ts";

/** How long answers are waited for. Protocol section 10.4. */
export interface ReplayDeadlines {
  /** Milliseconds for the acknowledgement. */
  readonly ackMs: number;
  /** Milliseconds for each expected event. */
  readonly eventMs: number;
  /** Milliseconds for all of it. */
  readonly totalMs: number;
}

/** A request for events. */
export interface ReplayRequestOptions {
  readonly connection: LatticeConnection;
  readonly subject: string;
  readonly highWaterMark: number;
  readonly deadlines: ReplayDeadlines;
  readonly faults: FaultLog;
  /** Told where answers are expected, before the request is sent. */
  readonly onInbox: (inbox: string) => void;
  /** Called when somebody has decided what to answer. */
  readonly onAck: () => void;
  /** Called for every event, oldest first. */
  readonly onEvent: (event: CacheEvent) => void;
  /** Ends the waiting. */
  readonly signal: AbortSignal;
}

/** What came of a request: `nobody` acknowledged it, all events came, or some did not. */
export type ReplayOutcome = "nobody" | "complete" | "gap";

/** An acknowledgement of more than that is not believed. */
const MAX_EXPECTED = 10_000_000;
/** A busy event loop finds the deadline over before it finds the events that came in time. */
const GRACE_MS = 50;

/**
 * Asks the other caches for the events that this one lacks.
 *
 * @throws HostError `lattice.not_connected` and as `publish` of a connection; the reason of the signal.
 */
export async function requestReplay(options: ReplayRequestOptions): Promise<ReplayOutcome> {
  const { connection, subject, highWaterMark, onInbox, signal } = options;
  const inbox = connection.newInbox();
  const reception = new Reception(options);
  const subscription = connection.subscribe(inbox, { onMessage: ({ data }) => reception.take(data) });
  const stop = (): void => reception.fail(signal.reason);
  signal.addEventListener("abort", stop, { once: true });
  try {
    onInbox(inbox);
    connection.publish(subject, encodeReplayRequest({ highWaterMark }), { reply: inbox });
    reception.start();
    if (signal.aborted) stop();
    return await reception.outcome;
  } finally {
    signal.removeEventListener("abort", stop);
    reception.stop();
    // What may still come is not waited for.
    void subscription.close();
  }
}

/** What comes in answer to one request. */
class Reception {
  readonly outcome: Promise<ReplayOutcome>;
  readonly #options: ReplayRequestOptions;
  readonly #started = performance.now();
  #settle: (outcome: ReplayOutcome) => void = () => undefined;
  #reject: (reason: unknown) => void = () => undefined;
  #expected: number | undefined;
  #received = 0;
  #lastAt = performance.now();
  #timer: number | undefined;
  #isOver = false;

  constructor(options: ReplayRequestOptions) {
    this.#options = options;
    this.outcome = new Promise((resolve, reject) => {
      this.#settle = resolve;
      this.#reject = reject;
    });
    // Whoever asked may have failed before waiting for it.
    this.outcome.catch(() => undefined);
  }

  start(): void {
    this.#lastAt = performance.now();
    this.#watch(this.#patienceMs);
  }

  take(data: Uint8Array): void {
    if (this.#isOver) return;
    this.#lastAt = performance.now();
    try {
      if (this.#expected === undefined) this.#takeAck(data);
      else this.#takeEvent(data);
    } catch (error) {
      this.#options.faults.report("cache_undecodable", error, { subject: this.#options.subject });
      if (this.#expected === undefined) this.#end("nobody");
    }
    if (this.#expected !== undefined && this.#received >= this.#expected) this.#end("complete");
  }

  fail(reason: unknown): void {
    this.stop();
    this.#reject(reason);
  }

  stop(): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
  }

  #takeAck(data: Uint8Array): void {
    // The server's answer where nobody is subscribed.
    if (data.length === 0) {
      this.#end("nobody");
      return;
    }
    const { eventsToExpect } = decodeReplayRequestAck(data);
    if (eventsToExpect > MAX_EXPECTED)
      throw undecodable(`${eventsToExpect} cache events are not to be expected`);
    this.#expected = eventsToExpect;
    this.#options.onAck();
  }

  #takeEvent(data: Uint8Array): void {
    this.#received++;
    this.#options.onEvent(decodeCacheEvent(data));
  }

  get #patienceMs(): number {
    const { ackMs, eventMs } = this.#options.deadlines;
    return this.#expected === undefined ? ackMs : eventMs;
  }

  #watch(ms: number): void {
    this.#timer = setTimeout(() => this.#look(false), ms);
  }

  #look(isLate: boolean): void {
    const now = performance.now();
    const left = this.#lastAt + this.#patienceMs - now;
    if (now - this.#started > this.#options.deadlines.totalMs) this.#end("gap");
    else if (left > 0) this.#watch(left);
    else if (isLate) this.#end(this.#expected === undefined ? "nobody" : "gap");
    else this.#timer = setTimeout(() => this.#look(true), GRACE_MS);
  }

  #end(outcome: ReplayOutcome): void {
    this.stop();
    this.#settle(outcome);
  }
}
