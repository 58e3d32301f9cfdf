import type { LatticeMessage, LatticeSubscription } from "../lattice/index.ts";
import type { ResolvedClientOptions } from "./client-options.ts";
import { type PublishedEvent, readPublishedEvent } from "./event-messages.ts";

/** Hears the events of all hosts of a lattice. Subscribed only while somebody listens. */
export class EventFeed {
  readonly #options: ResolvedClientOptions;
  readonly #listeners = new Set<{ readonly hear: (event: PublishedEvent) => void }>();
  #subscription: LatticeSubscription | undefined;

  constructor(options: ResolvedClientOptions) {
    this.#options = options;
  }

  /** @returns ends the listening. @throws HostError `lattice.not_connected`. */
  listen(hear: (event: PublishedEvent) => void): () => void {
    const { connection, subjects } = this.#options;
    this.#subscription ??= connection.subscribe(subjects.events, { onMessage: (told) => this.#tell(told) });
    const listener = { hear };
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) void this.close();
    };
  }

  /** Ends all listening. Twice is fine. */
  async close(): Promise<void> {
    this.#listeners.clear();
    const subscription = this.#subscription;
    this.#subscription = undefined;
    await subscription?.close();
  }

  #tell({ data }: LatticeMessage): void {
    const { faults } = this.#options;
    let event: PublishedEvent;
    try {
      event = readPublishedEvent(data);
    } catch (error) {
      faults.report("event_undecodable", error, { what: "Undecodable event" });
      return;
    }
    for (const { hear } of this.#listeners) {
      try {
        hear(event);
      } catch (error) {
        faults.report("listener_failed", error, { what: "A listener to events failed" });
      }
    }
  }
}
