import { HostError } from "../errors/index.ts";
import type { RunState } from "../events/index.ts";
import type { ProviderAuthority, ProviderInstance } from "../providers/index.ts";
import type { ProviderDescription } from "./description.ts";
import type { HealthReport } from "./health.ts";

/** A provider of this host, and how it is. */
export class RunningProvider {
  readonly instance: ProviderInstance;
  /** Milliseconds since the epoch. */
  readonly #startedAt: number;
  readonly #authority: ProviderAuthority | undefined;
  #health: RunState = { state: "running" };
  /** Checks in a row without an answer that can be read. */
  #missed = 0;
  #saidUnhealthy = false;

  constructor(instance: ProviderInstance, startedAt: number, authority?: ProviderAuthority) {
    this.instance = instance;
    this.#startedAt = startedAt;
    this.#authority = authority;
  }

  get health(): RunState {
    return this.#health;
  }

  /** Takes what came of a check. @returns whether the provider was well before, and is not any more. */
  take({ state, isAnswer }: HealthReport): boolean {
    const fell = this.#health.state === "running" && state.state === "unhealthy";
    this.#health = state;
    this.#missed = isAnswer ? 0 : this.#missed + 1;
    this.#saidUnhealthy = isAnswer && state.state === "unhealthy";
    return fell;
  }

  /**
   * Why it must be removed; undefined if it need not. What says that it is unhealthy is believed at once; silence is
   * weak evidence, as a provider may be busy.
   *
   * @param maxMissed - checks in a row.
   */
  verdict(maxMissed: number): HostError | undefined {
    if (this.#health.state === "running") return undefined;
    const { reason } = this.#health;
    if (this.#saidUnhealthy) {
      return new HostError("provider.unhealthy", `The provider says that it is unhealthy: ${reason}`, {
        hint,
      });
    }
    if (this.#missed < maxMissed) return undefined;
    const text = `The provider gave no answer to ${this.#missed} health checks in a row: ${reason}`;
    return new HostError("provider.unhealthy", text, { hint });
  }

  describe(): ProviderDescription {
    const { descriptor, linkName, reference, boundActors, onLattice } = this.instance;
    return {
      id: descriptor.id,
      contractId: descriptor.contractId,
      linkName,
      name: descriptor.name,
      revision: descriptor.revision ?? 0,
      ...(descriptor.version === undefined ? {} : { version: descriptor.version }),
      ...(reference === undefined ? {} : { reference }),
      startedAt: this.#startedAt,
      health: this.#health,
      boundActors,
      onLattice,
      ...(this.#authority === undefined ? {} : { authority: this.#authority }),
    };
  }
}

const hint = "Its links are kept: start it again when what it needs is there.";
