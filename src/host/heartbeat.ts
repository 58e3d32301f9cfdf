import type { RunState } from "../events/index.ts";
import type { ActorManager } from "./actor-manager.ts";
import type { CoreServices } from "./core-services.ts";
import type { ProviderManager } from "./provider-manager.ts";

/** Asks everything that runs for its health, again and again, and tells what it heard. Protocol section 9.1. */
export class Heartbeat {
  readonly #timer: number;
  #stopped = false;

  constructor(services: CoreServices, actors: ActorManager, providers: ProviderManager) {
    const beat = async (): Promise<void> => {
      const states: [key: string, state: RunState][][] = await Promise.all([
        actors.checkHealth(),
        providers.checkHealth(),
      ]);
      if (this.#stopped) return;
      services.events.emit({ type: "heartbeat", states: Object.fromEntries(states.flat()) });
    };
    this.#timer = setInterval(() => void beat(), services.limits.heartbeatMs);
  }

  /** Twice is fine. */
  stop(): void {
    this.#stopped = true;
    clearInterval(this.#timer);
  }
}
