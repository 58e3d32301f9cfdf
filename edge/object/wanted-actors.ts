import { asHostError, type ErrorCode } from "../../src/errors/index.ts";
import type { Host } from "../../src/host/index.ts";

/** What {@link WantedActors} work with. */
export interface WantedActorsOptions {
  readonly host: Host;
  /** Runs the work for one; what it fails with is logged. */
  readonly attempt: (what: string, work: () => Promise<unknown>) => Promise<unknown>;
}

/** Failures that may be over at the next attempt. */
const PASSING: readonly ErrorCode[] = [
  "module.fetch_failed",
  "registry.unreachable",
  "registry.timeout",
  "registry.rate_limited",
  "registry.bad_response",
];

/** Actors that a manifest lists. An object that stays awake starts once: what cannot be fetched then is tried again. */
export class WantedActors {
  readonly #options: WantedActorsOptions;
  readonly #missing = new Set<string>();
  #isRetrying = false;

  constructor(options: WantedActorsOptions) {
    this.#options = options;
  }

  /** Fetches and starts actors, one after the other. */
  async start(references: readonly string[]): Promise<void> {
    for (const reference of references) {
      await this.#options.attempt(`actor ${reference}`, () => this.#startOne(reference));
    }
  }

  /** Tries those again that could not be fetched. */
  async retry(): Promise<void> {
    if (this.#isRetrying) return;
    this.#isRetrying = true;
    try {
      await this.start([...this.#missing]);
    } finally {
      this.#isRetrying = false;
    }
  }

  async #startOne(reference: string): Promise<void> {
    const { host } = this.#options;
    this.#missing.delete(reference);
    if (host.runningActors().some((actor) => actor.reference === reference)) return;
    try {
      await host.startActorFrom(reference);
    } catch (error) {
      if (PASSING.includes(asHostError(error).code)) this.#missing.add(reference);
      throw error;
    }
  }
}
