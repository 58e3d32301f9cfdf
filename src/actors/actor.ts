import type { ActorClaims, VerifiedModule } from "../claims/index.ts";
import { CORE_OPERATIONS, encodeHealthRequest } from "../contracts/index.ts";
import { asHostError, HostError } from "../errors/index.ts";
import type { HostCallAnswer, HostCallRequest, HostCallStrategyName } from "../wapc/index.ts";
import type { ActorModule, ActorRuntime, PlacementKind } from "./actor-runtime.ts";
import { ActorSlot } from "./actor-slot.ts";
import type { CallContext } from "./call-context.ts";
import { CallQueue } from "./call-queue.ts";
import type { InstanceBudget } from "./instance-budget.ts";

/** What an actor is run with. */
export interface ActorOptions {
  readonly runtime: ActorRuntime;
  readonly budget: InstanceBudget;
  /** Answers the guest's host calls; the context is that of the call in progress. Must not reject. */
  readonly onHostCall: (request: HostCallRequest, context: CallContext) => Promise<HostCallAnswer>;
  readonly onLog: (text: string) => void;
  /** Told whenever an instance was lost: trap, deadline, worker failure. */
  readonly onFailure: (error: HostError) => void;
  readonly now: () => number;
  readonly placement: PlacementKind;
  /** Calls served at one time, each by an instance of its own. */
  readonly instances: number;
  /** Instances are never parked. */
  readonly stay: boolean;
  /** Milliseconds for one call in the guest. */
  readonly deadlineMs: number;
  readonly maxPayloadBytes: number;
  readonly maxMemoryBytes: number;
  readonly queueLength: number;
}

/** Counts of an actor since its start. */
export interface ActorStatistics {
  /** Calls answered, well or not. */
  readonly calls: number;
  readonly failures: number;
  /** Instances thrown away and made anew. */
  readonly restarts: number;
  /** Calls that wait or run. */
  readonly pending: number;
  /** Instances that live now; 0 when all are parked. */
  readonly liveInstances: number;
}

/**
 * By how much a call that another call waits for ends earlier, so that the waiting one can still answer: a part of the
 * time there is, within bounds in milliseconds.
 */
const NESTING_MARGIN = { part: 0.2, least: 100, most: 1_000 } as const;
/** Milliseconds a start may take, if calls may not take longer. */
const START_MS = 10_000;
/** Instances lost in a row after which an actor counts as unhealthy. */
const TROUBLE_AFTER = 3;

/**
 * A running actor: calls are served in order of arrival, one at a time by each of its instances. Whatever happens to
 * an instance, the caller gets an answer by its deadline and the next call gets a fresh instance. Protocol section 6.4.
 */
export class Actor {
  readonly claims: ActorClaims;
  readonly #options: ActorOptions;
  readonly #module: ActorModule;
  readonly #queue: CallQueue;
  readonly #slots: ActorSlot[];
  readonly #free: ActorSlot[];
  #stopped: HostError | undefined;
  #calls = 0;
  #failures = 0;
  #lossesInARow = 0;
  #lastLoss = "";

  private constructor(claims: ActorClaims, module: ActorModule, options: ActorOptions) {
    this.claims = claims;
    this.#module = module;
    this.#options = options;
    this.#queue = new CallQueue({ limit: options.queueLength, parallel: options.instances });
    this.#slots = Array.from({ length: options.instances }, () => this.#slot());
    this.#free = [...this.#slots];
  }

  /**
   * Prepares a verified module and starts it with one instance; further ones are made when calls overlap.
   *
   * @throws HostError `module.…`, or what the runtime throws when the guest does not start. Nothing is left running
   *   then.
   */
  static async start(verified: VerifiedModule, options: ActorOptions): Promise<Actor> {
    const { placement, maxMemoryBytes } = options;
    const module = await options.runtime.prepare(verified, { placement, maxMemoryBytes });
    const actor = new Actor(verified.claims, module, options);
    const [slot] = actor.#slots;
    const startMs = Math.max(options.deadlineMs, START_MS);
    await slot?.open({ chain: [actor.key], deadline: options.now() + startMs });
    slot?.settle();
    return actor;
  }

  /** The actor's `M…` key. */
  get key(): string {
    return this.claims.subject;
  }

  /** How its guests wait for host calls. */
  get hostCalls(): HostCallStrategyName {
    return this.#module.hostCalls;
  }

  get placement(): PlacementKind {
    return this.#module.placement;
  }

  get instances(): number {
    return this.#slots.length;
  }

  /** Why it counts as unhealthy although it may answer: it lost its instances again and again. */
  get trouble(): string | undefined {
    if (this.#lossesInARow < TROUBLE_AFTER) return undefined;
    return `Lost its instance ${this.#lossesInARow} times in a row: ${this.#lastLoss}`;
  }

  get statistics(): ActorStatistics {
    return {
      calls: this.#calls,
      failures: this.#failures,
      restarts: this.#slots.reduce((sum, slot) => sum + slot.replaced, 0),
      pending: this.#queue.length,
      liveInstances: this.#slots.filter((slot) => slot.placed).length,
    };
  }

  /**
   * Calls an operation of the guest.
   *
   * @param payload - handed over: the caller must not use it afterwards.
   * @throws HostError `guest.…`, `actor.deadline`, `actor.queue_full`, `actor.stopped`, `actor.cycle`,
   *   `actor.no_instance`, `input.too_large` or `actor.worker_failed`.
   */
  async call(operation: string, payload: Uint8Array, context: CallContext): Promise<Uint8Array> {
    try {
      return await this.#enqueue(operation, payload, context);
    } catch (error) {
      this.#failures++;
      throw error;
    } finally {
      this.#calls++;
    }
  }

  /**
   * The guest's raw answer to a health check. Waits its turn like a call, and is not counted as one.
   *
   * @throws HostError as {@link call}.
   */
  health(context: CallContext): Promise<Uint8Array> {
    return this.#enqueue(CORE_OPERATIONS.health, encodeHealthRequest(), context);
  }

  /** Ends the actor: running calls are given until their deadline, waiting ones are refused. Twice is fine. */
  async stop(graceMs = 0): Promise<void> {
    this.#stopped ??= new HostError("actor.stopped", `Actor ${this.key} was stopped`);
    this.#queue.close(this.#stopped);
    await this.#queue.whenIdle(Math.min(graceMs, this.#options.deadlineMs));
    for (const slot of this.#slots) slot.close(this.#stopped);
  }

  async #enqueue(operation: string, payload: Uint8Array, context: CallContext): Promise<Uint8Array> {
    if (this.#stopped !== undefined) throw this.#stopped;
    if (context.chain.includes(this.key)) {
      throw new HostError("actor.cycle", `The call would come back to actor ${this.key}, which waits for it`);
    }
    const remaining = context.deadline - this.#options.now();
    const maxWaitMs = Math.max(0, Math.min(remaining, context.maxWaitMs ?? remaining));
    return this.#queue.add(() => this.#run(operation, payload, context), maxWaitMs);
  }

  async #run(operation: string, payload: Uint8Array, context: CallContext): Promise<Uint8Array> {
    const slot = this.#takeSlot();
    const { now, deadlineMs } = this.#options;
    const deadline = Math.min(context.deadline, now() + deadlineMs);
    const before = slot.replaced;
    try {
      await slot.open({
        chain: [...context.chain, this.key],
        deadline: deadline - nestingMargin(deadline - now()),
      });
      const answer = await slot.call(operation, payload, deadline);
      this.#lossesInARow = 0;
      return answer;
    } catch (error) {
      if (!slot.placed || slot.replaced > before) this.#noteLoss(asHostError(error));
      throw error;
    } finally {
      slot.settle();
      this.#free.push(slot);
    }
  }

  /** A free slot, rather one that has an instance. The queue runs no more calls than there are slots. */
  #takeSlot(): ActorSlot {
    const placed = this.#free.findLastIndex((slot) => slot.placed);
    const [slot] = this.#free.splice(placed, 1);
    if (slot === undefined) throw new HostError("internal", "The actor has no free slot");
    return slot;
  }

  #noteLoss(error: HostError): void {
    if (this.#stopped !== undefined) return;
    this.#lossesInARow++;
    this.#lastLoss = error.message;
    this.#options.onFailure(error);
  }

  #slot(): ActorSlot {
    const { runtime, budget, onHostCall, onLog, maxPayloadBytes, deadlineMs, stay, now } = this.#options;
    const name = `${this.claims.name ?? "actor"} ${this.key}`;
    return new ActorSlot({
      actor: this.key,
      module: this.#module,
      runtime,
      budget,
      placement: { name, onLog, maxPayloadBytes, deadlineMs },
      onHostCall,
      stay,
      now,
    });
  }
}

function nestingMargin(remainingMs: number): number {
  const { part, least, most } = NESTING_MARGIN;
  return Math.min(Math.max(remainingMs * part, least), most);
}
