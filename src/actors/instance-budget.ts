import { HostError } from "../errors/index.ts";

/** Something that holds an instance now and then. */
export interface InstanceHolder {
  /** Gives up its idle instance. */
  park(): void;
}

interface Waiter {
  readonly take: () => void;
}

/**
 * How many instances live at one time. A browser's process holds a limited number of wasm memories, so idle actors
 * give up theirs, the one used longest ago first, when another needs one. DESIGN section 6.
 */
export class InstanceBudget {
  readonly #limit: number;
  /** Holders that may be parked, least recently used first. */
  readonly #idle = new Set<InstanceHolder>();
  readonly #waiting = new Set<Waiter>();
  #live = 0;

  /** @param limit - instances that may live at one time. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Instances that live or are being made. */
  get live(): number {
    return this.#live;
  }

  /**
   * Takes the right to make one instance, parking another if need be.
   *
   * @param maxWaitMs - longest wait while all instances are busy.
   * @throws HostError `actor.no_instance`.
   */
  async acquire(maxWaitMs: number): Promise<void> {
    if (this.#live >= this.#limit && !this.parkOne()) await this.#wait(maxWaitMs);
    else this.#live++;
  }

  /** Gives the right back: the instance is gone. */
  release(holder: InstanceHolder): void {
    this.#idle.delete(holder);
    const [next] = this.#waiting;
    // The right passes on without being free in between.
    if (next === undefined) this.#live--;
    else next.take();
  }

  /** The holder's instance serves a call: it cannot be parked. */
  busy(holder: InstanceHolder): void {
    this.#idle.delete(holder);
  }

  /** The holder's instance may be parked from now on. */
  idle(holder: InstanceHolder): void {
    if (this.#waiting.size > 0) holder.park();
    else this.#idle.add(holder);
  }

  /** Parks the instance that was used longest ago. @returns whether there was one. */
  parkOne(): boolean {
    const [oldest] = this.#idle;
    oldest?.park();
    return oldest !== undefined;
  }

  #wait(maxWaitMs: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const waiter: Waiter = {
        take: () => {
          clearTimeout(timer);
          this.#waiting.delete(waiter);
          resolve();
        },
      };
      const timer = setTimeout(() => {
        this.#waiting.delete(waiter);
        reject(
          new HostError("actor.no_instance", `All ${this.#limit} instances of this host are busy`, {
            hint: "Stop actors, or allow more instances at one time.",
          }),
        );
      }, maxWaitMs);
      this.#waiting.add(waiter);
    });
  }
}
