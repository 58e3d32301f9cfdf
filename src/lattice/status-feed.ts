import type { FaultLog } from "../telemetry/index.ts";
import type { ConnectionState, ConnectionStatus } from "./connection.ts";

/** The state of a connection, and those who want to hear of its changes. */
export class StatusFeed {
  readonly #listeners = new Set<(status: ConnectionStatus) => void>();
  readonly #faults: FaultLog;
  #state: ConnectionState = "connected";

  constructor(faults: FaultLog) {
    this.#faults = faults;
  }

  get state(): ConnectionState {
    return this.#state;
  }

  /** Tells all listeners. After `closed` nobody hears anything any more. */
  tell(status: ConnectionStatus): void {
    if (this.#state === "closed") return;
    if (status.type !== "error") this.#state = status.type;
    for (const listener of [...this.#listeners]) {
      try {
        listener(status);
      } catch (error) {
        this.#faults.report("listener_failed", error);
      }
    }
    if (status.type === "closed") this.#listeners.clear();
  }

  listen(listener: (status: ConnectionStatus) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
