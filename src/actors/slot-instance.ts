import { asHostError, HostError } from "../errors/index.ts";
import { delay } from "../time/index.ts";
import type { HostCallAnswer, HostCallRequest } from "../wapc/index.ts";
import type { ActorModule, ActorPlacement, ActorRuntime, PlacementOptions } from "./actor-runtime.ts";
import { Backoff } from "./backoff.ts";
import type { CallContext } from "./call-context.ts";
import type { InstanceBudget, InstanceHolder } from "./instance-budget.ts";

/** What an instance is made with. */
export interface SlotInstanceOptions {
  readonly module: ActorModule;
  readonly runtime: ActorRuntime;
  readonly budget: InstanceBudget;
  readonly placement: Omit<PlacementOptions, "onHostCall" | "startMs" | "signal">;
  readonly onHostCall: (request: HostCallRequest, context: CallContext) => Promise<HostCallAnswer>;
  /** Never parked while idle. */
  readonly stay: boolean;
  readonly now: () => number;
}

/**
 * Milliseconds before an instance is tried again for which memory was short. Another was parked meanwhile, but a
 * browser takes its time to give back the memory of a worker that was ended.
 */
const MEMORY_WAITS_MS: readonly number[] = [20, 50, 100, 200, 400, 800, 1_600];

/** The instance in a slot: made when it is needed, parked while it is not, made anew after it was lost. */
export class SlotInstance implements InstanceHolder {
  readonly #options: SlotInstanceOptions;
  readonly #backoff = new Backoff();
  readonly #closing = new AbortController();
  #placement: ActorPlacement | undefined;
  #replacedBefore = 0;

  constructor(options: SlotInstanceOptions) {
    this.#options = options;
  }

  /** The instance, if there is one that can be called. */
  get placement(): ActorPlacement | undefined {
    return this.#placement?.ended === undefined ? this.#placement : undefined;
  }

  get isClosed(): boolean {
    return this.#closing.signal.aborted;
  }

  /** Instances thrown away after a trap, a missed deadline or a failure; parked ones are not counted. */
  get replaced(): number {
    return this.#replacedBefore + (this.#placement?.replaced ?? 0);
  }

  /**
   * Makes an instance, where there is none.
   *
   * @param context - of the host calls that its start functions make, and when they have to be over.
   * @throws HostError as `ActorRuntime.place`, `actor.no_instance`, `actor.deadline` while it waits before a retry, or
   *   the reason of {@link close}.
   */
  async open(context: CallContext): Promise<void> {
    const { now, budget } = this.#options;
    this.#drop();
    await this.#waitToRetry(context);
    await budget.acquire(Math.max(0, context.deadline - now()));
    try {
      this.#closing.signal.throwIfAborted();
      this.#placement = await this.#place(context);
    } catch (error) {
      this.#backoff.lost(now());
      budget.release(this);
      throw error;
    }
  }

  /** The instance serves calls. */
  busy(): void {
    this.#options.budget.busy(this);
  }

  /** The instance has answered a call. */
  worked(): void {
    this.#backoff.worked();
  }

  /** Nothing runs: what is left of the instance may be parked. */
  settle(): void {
    if (this.placement === undefined) this.lose();
    else if (!this.#options.stay) this.#options.budget.idle(this);
  }

  /** Lets go of the instance if it has ended by itself. */
  lose(): void {
    if (this.#placement?.ended === undefined) return;
    this.#backoff.lost(this.#options.now());
    this.#drop();
  }

  /** Gives up an idle instance; the next call gets a new one. */
  park(): void {
    this.#replacedBefore = this.replaced;
    this.#end(new HostError("actor.parked", "The instance was parked"));
  }

  /** Ends the instance for good, also in the middle of a call or of its start. */
  close(reason: HostError): void {
    this.#closing.abort(reason);
    this.#end(reason);
  }

  async #waitToRetry(context: CallContext): Promise<void> {
    const { now } = this.#options;
    const wait = this.#backoff.remaining(now());
    if (wait === 0) return;
    if (now() + wait >= context.deadline) {
      throw new HostError(
        "actor.deadline",
        "The actor failed again and again, and is not restarted in time",
        {
          details: { retryInMs: Math.round(wait) },
        },
      );
    }
    await delay(wait);
  }

  async #place(context: CallContext): Promise<ActorPlacement> {
    const { runtime, module, placement, budget, onHostCall, now } = this.#options;
    const options: PlacementOptions = {
      ...placement,
      signal: this.#closing.signal,
      startMs: Math.max(1, context.deadline - now()),
      onHostCall: (request) => onHostCall(request, context),
    };
    for (const wait of MEMORY_WAITS_MS) {
      try {
        return await runtime.place(module, options);
      } catch (error) {
        const tooLate = now() + wait >= context.deadline;
        if (asHostError(error).code !== "guest.out_of_memory" || tooLate) throw error;
        budget.parkOne();
        await delay(wait);
      }
    }
    return runtime.place(module, options);
  }

  #drop(): void {
    if (this.#placement === undefined) return;
    this.#replacedBefore = this.replaced + 1;
    this.#placement = undefined;
    this.#options.budget.release(this);
  }

  #end(reason: HostError): void {
    const placement = this.#placement;
    if (placement === undefined) return;
    this.#placement = undefined;
    this.#options.budget.release(this);
    placement.end(reason);
  }
}
