import { HostError } from "../../errors/index.ts";
import type { FaultLog } from "../../telemetry/index.ts";
import type { LatticeConnection, LatticeMessage } from "../connection.ts";
import { encodeCacheEvent } from "../wire/cache-event-codec.ts";
import { decodeReplayRequest, encodeReplayRequestAck } from "../wire/replay-codec.ts";
import { PacedSender } from "./paced-sender.ts";
import type { PlannedEvent, ReplaySource } from "./replay-source.ts";

/** What a {@link ReplayServer} needs. */
export interface ReplayServerOptions {
  readonly connection: LatticeConnection;
  readonly source: ReplaySource;
  readonly faults: FaultLog;
  /** Requests answered at one time; others are not answered, and come again. */
  readonly maxReplays: number;
}

/** Sends other caches the events that they lack. Protocol section 10.4. */
export class ReplayServer {
  readonly #options: ReplayServerOptions;
  #running = 0;
  #isClosed = false;

  constructor(options: ReplayServerOptions) {
    this.#options = options;
  }

  /** Answers a request. Resolves when everything is sent, and also if it cannot be. */
  async serve(message: LatticeMessage): Promise<void> {
    const { faults, maxReplays } = this.#options;
    try {
      if (message.reply === undefined) {
        throw new HostError("lattice.transport", "A replay request without a reply subject was not answered");
      }
      const { highWaterMark } = decodeReplayRequest(message.data);
      if (this.#running >= maxReplays) {
        throw new HostError("lattice.overloaded", `This host answers ${maxReplays} replay requests already`);
      }
      this.#running++;
      try {
        await this.#answer(message, this.#options.source.eventsFor(highWaterMark));
      } finally {
        this.#running--;
      }
    } catch (error) {
      faults.report("cache_replay_refused", error, { subject: message.subject });
    }
  }

  /** Answers no more; what is being sent ends after its current slice. */
  close(): void {
    this.#isClosed = true;
  }

  async #answer(message: LatticeMessage, events: readonly PlannedEvent[]): Promise<void> {
    message.respond(encodeReplayRequestAck({ eventsToExpect: events.length }));
    const sender = new PacedSender(this.#options.connection);
    for (const make of events) {
      if (this.#isClosed) return;
      const bytes = encodeCacheEvent(make());
      message.respond(bytes);
      await sender.sent(bytes.length);
    }
  }
}
