import { messageOf } from "../errors/index.ts";
import type { HostEvent, HostEventBody } from "../events/index.ts";
import type { Logger } from "../telemetry/index.ts";

/** Takes a host's events. What it throws is logged and harms nobody else. */
export type HostEventListener = (event: HostEvent) => void;

/** Tells what happens on a host to whoever listens. */
export class EventBus {
  readonly #listeners = new Set<HostEventListener>();
  readonly #logger: Logger;
  readonly #now: () => number;

  constructor(logger: Logger, now: () => number) {
    this.#logger = logger;
    this.#now = now;
  }

  /** @returns ends the listening. */
  listen(listener: HostEventListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  emit(body: HostEventBody): void {
    if (this.#listeners.size === 0) return;
    const event: HostEvent = { ...body, time: this.#now() };
    for (const listener of this.#listeners) {
      try {
        listener(event);
      } catch (error) {
        this.#logger.error(`A listener failed on ${event.type}: ${messageOf(error)}`);
      }
    }
  }

  /** Ends all listening. */
  clear(): void {
    this.#listeners.clear();
  }
}
