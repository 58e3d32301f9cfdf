import type { RunState } from "../events/index.ts";
import type { ActorManager } from "./actor-manager.ts";
import type { CoreServices } from "./core-services.ts";
import type { ProviderManager } from "./provider-manager.ts";

/** Asks everything that runs for its health, tells what it heard, and removes providers that are unhealthy. */
export class Heartbeat {
  readonly #services: CoreServices;
  readonly #actors: ActorManager;
  readonly #providers: ProviderManager;
  #timer: number | undefined;
  #stopped = false;

  constructor(services: CoreServices, actors: ActorManager, providers: ProviderManager) {
    this.#services = services;
    this.#actors = actors;
    this.#providers = providers;
  }

  /** Beats again and again from now on. */
  begin(): void {
    this.#timer = setInterval(() => void this.beat(), this.#services.limits.heartbeatMs);
  }

  async beat(): Promise<void> {
    const states: [key: string, state: RunState][][] = await Promise.all([
      this.#actors.checkHealth(),
      this.#providers.checkHealth(),
    ]);
    if (this.#stopped) return;
    this.#services.events.emit({ type: "heartbeat", states: Object.fromEntries(states.flat()) });
    // After what was heard of them: a removal is the last that is told.
    await this.#providers.removeUnhealthy();
  }

  /** Twice is fine. */
  stop(): void {
    this.#stopped = true;
    clearInterval(this.#timer);
  }
}
