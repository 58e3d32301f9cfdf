import { asHostError, HostError } from "../errors/index.ts";
import type { ActorModule, ActorPlacement, ActorRuntime, PlacementOptions } from "./actor-runtime.ts";
import { Backoff } from "./backoff.ts";
import type { CallContext } from "./call-context.ts";
import { Deadlines } from "./deadlines.ts";
import type { InstanceBudget, InstanceHolder } from "./instance-budget.ts";

/** What a slot works with. */
export interface ActorSlotOptions {
  /** The actor's key. */
  readonly actor: string;
  readonly module: ActorModule;
  readonly runtime: ActorRuntime;
  readonly budget: InstanceBudget;
  readonly placement: Omit<PlacementOptions, "onHostCall" | "startMs">;
  readonly onHostCall: (
    request: Parameters<PlacementOptions["onHostCall"]>[0],
    context: CallContext,
  ) => ReturnType<PlacementOptions["onHostCall"]>;
  /** Never parked while idle. */
  readonly stay: boolean;
  readonly now: () => number;
}

/**
 * Milliseconds before an instance is tried again for which memory was short. Another was parked meanwhile, but a
 * browser takes its time to give back the memory of a worker that was ended.
 */
const MEMORY_WAITS_MS: readonly number[] = [20, 50, 100, 200, 400, 800, 1_600];

/**
 * The place of one instance of an actor. It holds an instance, or is parked and gets one at its next call. Serves one
 * call at a time.
 */
export class ActorSlot implements InstanceHolder {
  readonly #options: ActorSlotOptions;
  readonly #backoff = new Backoff();
  readonly #deadlines = new Deadlines();
  #placement: ActorPlacement | undefined;
  #context: CallContext = { chain: [], deadline: 0 };
  #replacedBefore = 0;
  #closed: HostError | undefined;

  constructor(options: ActorSlotOptions) {
    this.#options = options;
  }

  /** It holds an instance that can be called. */
  get placed(): boolean {
    return this.#placement !== undefined && this.#placement.ended === undefined;
  }

  /** Instances thrown away after a trap, a missed deadline or a failure; parked ones are not counted. */
  get replaced(): number {
    return this.#replacedBefore + (this.#placement?.replaced ?? 0);
  }

  /**
   * Makes sure that there is an instance.
   *
   * @param context - of the call it is made for.
   * @throws HostError as `ActorRuntime.place`, `actor.no_instance`, or `actor.deadline` while it waits before a retry.
   */
  async open(context: CallContext): Promise<void> {
    this.#context = context;
    if (this.placed) {
      this.#options.budget.busy(this);
      return;
    }
    this.#drop();
    const { now, budget } = this.#options;
    await this.#waitToRetry(context);
    await budget.acquire(Math.max(0, context.deadline - now()));
    try {
      this.#placement = await this.#place();
    } catch (error) {
      this.#backoff.lost(now());
      budget.release(this);
      throw error;
    }
    if (this.#closed !== undefined) {
      this.close(this.#closed);
      throw this.#closed;
    }
  }

  /**
   * Calls the guest in the open slot.
   *
   * @param deadline - milliseconds since the epoch at which the instance is ended.
   * @throws HostError as `ActorPlacement.call`.
   */
  async call(operation: string, payload: Uint8Array, deadline: number): Promise<Uint8Array> {
    const placement = this.#placement;
    if (placement === undefined) throw new HostError("internal", "The slot is not open");
    const late = (): void =>
      placement.end(
        new HostError("actor.deadline", "The actor did not answer before its deadline and was restarted", {
          details: { actor: this.#options.actor, operation: operation.slice(0, 200) },
        }),
      );
    const takeBack = this.#deadlines.add(deadline - this.#options.now(), late);
    try {
      const answer = await placement.call(operation, payload);
      this.#backoff.worked();
      return answer;
    } finally {
      takeBack();
    }
  }

  /** The call is over: what is left of the instance may be parked. */
  settle(): void {
    if (!this.placed) this.#lose();
    else if (!this.#options.stay) this.#options.budget.idle(this);
  }

  /** Gives up an idle instance; the next call gets a new one. */
  park(): void {
    this.#replacedBefore = this.replaced;
    this.#end(new HostError("actor.parked", "The instance was parked"));
  }

  /** Ends the slot for good, also in the middle of a call. */
  close(reason: HostError): void {
    this.#closed = reason;
    this.#end(reason);
    this.#deadlines.close();
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

  async #place(): Promise<ActorPlacement> {
    const { runtime, module, placement, budget, onHostCall, now } = this.#options;
    const options: PlacementOptions = {
      ...placement,
      startMs: Math.max(1, this.#context.deadline - now()),
      onHostCall: (request) => onHostCall(request, this.#context),
    };
    for (const wait of MEMORY_WAITS_MS) {
      try {
        return await runtime.place(module, options);
      } catch (error) {
        const tooLate = now() + wait >= this.#context.deadline;
        if (asHostError(error).code !== "guest.out_of_memory" || tooLate) throw error;
        budget.parkOne();
        await delay(wait);
      }
    }
    return runtime.place(module, options);
  }

  /** The instance is gone and was not given up on purpose. */
  #lose(): void {
    if (this.#placement === undefined) return;
    if (this.#closed === undefined) this.#backoff.lost(this.#options.now());
    this.#drop();
  }

  /** Lets go of an instance that ended by itself. */
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
    placement.end(reason);
    this.#options.budget.release(this);
  }
}

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
