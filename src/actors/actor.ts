import type { ActorClaims, VerifiedModule } from "../claims/index.ts";
import { CORE_OPERATIONS, encodeHealthRequest } from "../contracts/index.ts";
import { HostError } from "../errors/index.ts";
import type { HostCallStrategyName } from "../wapc/index.ts";
import { ActorCall } from "./actor-call.ts";
import { ActorGeneration } from "./actor-generation.ts";
import type { ActorOptions, ActorStatistics } from "./actor-options.ts";
import type { PlacementKind } from "./actor-runtime.ts";
import type { CallContext } from "./call-context.ts";
import { CallDesk } from "./call-desk.ts";

/** Milliseconds after which an update no longer waits for calls that are over their deadlines and yet not ended. */
const DRAIN_MARGIN_MS = 1_000;
/**
 * A running actor: calls are served in order of arrival, one at a time by each of its instances. Whatever happens to
 * an instance, the caller gets an answer by its deadline and the next call gets a fresh instance. Protocol section 6.4.
 */
export class Actor {
  /** The actor's `M…` key. */
  readonly key: string;
  readonly #options: ActorOptions;
  readonly #desk: CallDesk;
  #generation: ActorGeneration;
  /** The one that is tried while the other still serves. */
  #next: ActorGeneration | undefined;
  #updating = false;
  #stopped: HostError | undefined;
  #calls = 0;
  #failures = 0;
  #restartsBefore = 0;

  private constructor(key: string, generation: ActorGeneration, desk: CallDesk, options: ActorOptions) {
    this.key = key;
    this.#generation = generation;
    this.#desk = desk;
    this.#options = options;
    desk.serveBy(generation);
  }

  /**
   * Prepares a verified module and starts it with one instance; further ones are made when calls overlap.
   *
   * @throws HostError `module.…`, or what the runtime throws when the guest does not start. Nothing is left running
   *   then.
   */
  static async start(verified: VerifiedModule, options: ActorOptions): Promise<Actor> {
    const { queueLength, instances, onFailure } = options;
    const desk = new CallDesk({ queueLength, instances, onLoss: onFailure });
    const generation = await ActorGeneration.prepare(verified, options, desk);
    await generation.open();
    return new Actor(verified.claims.subject, generation, desk, options);
  }

  /** Claims of the module that serves now. */
  get claims(): ActorClaims {
    return this.#generation.claims;
  }

  /** How its guests wait for host calls. */
  get hostCalls(): HostCallStrategyName {
    return this.#generation.module.hostCalls;
  }

  get placement(): PlacementKind {
    return this.#generation.module.placement;
  }

  get instances(): number {
    return this.#generation.size;
  }

  /** Why it counts as unhealthy although it may answer: it lost its instances again and again. */
  get trouble(): string | undefined {
    return this.#desk.trouble;
  }

  get statistics(): ActorStatistics {
    return {
      calls: this.#calls,
      failures: this.#failures,
      restarts: this.#restartsBefore + this.#generation.replaced,
      pending: this.#desk.queue.length,
      liveInstances: this.#generation.live,
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

  /**
   * Puts another module in the place of the running one. An instance of it is started beside those that serve; once it
   * runs, new calls wait, the calls in progress end on the old module, by their deadlines at the latest, and those that
   * waited go to the new one. The time that waiting calls are given runs on meanwhile. Guest state is not carried over;
   * counts are. Whether the update is permissible is the caller's to check. Protocol section 6.5.
   *
   * @throws HostError `actor.updating` during another update, `actor.stopped` when it is stopped meanwhile, or as
   *   {@link start} and `actor.no_instance`. The old module serves on then, as if nothing had happened.
   */
  async update(verified: VerifiedModule): Promise<void> {
    if (this.#stopped !== undefined) throw this.#stopped;
    if (this.#updating) {
      throw new HostError("actor.updating", `Actor ${this.key} is being updated already`, {
        hint: "Wait for that update to end.",
      });
    }
    this.#updating = true;
    try {
      await this.#replaceBy(await ActorGeneration.prepare(verified, this.#options, this.#desk));
    } catch (error) {
      throw this.#stopped ?? error;
    } finally {
      this.#next = undefined;
      this.#updating = false;
    }
  }

  /** Ends the actor: running calls are given until their deadline, waiting ones are refused. Twice is fine. */
  async stop(graceMs = 0): Promise<void> {
    this.#stopped ??= new HostError("actor.stopped", `Actor ${this.key} was stopped`);
    const { queue } = this.#desk;
    this.#next?.close(this.#stopped);
    queue.close(this.#stopped);
    this.#generation.withdrawAll();
    await queue.whenIdle(Math.min(graceMs, this.#options.deadlineMs));
    this.#generation.close(this.#stopped);
  }

  async #replaceBy(next: ActorGeneration): Promise<void> {
    if (this.#stopped !== undefined) throw this.#stopped;
    this.#next = next;
    await next.open();
    const { queue } = this.#desk;
    const resume = queue.hold();
    try {
      this.#generation.withdrawAll();
      await queue.whenIdle(this.#options.deadlineMs + DRAIN_MARGIN_MS);
      if (this.#stopped !== undefined) throw this.#stopped;
      const old = this.#generation;
      this.#generation = next;
      this.#restartsBefore += old.replaced;
      this.#desk.serveBy(next);
      old.close(
        new HostError("actor.deadline", "The actor did not answer before its deadline and was updated"),
      );
    } finally {
      resume();
    }
  }

  #enqueue(operation: string, payload: Uint8Array, context: CallContext): Promise<Uint8Array> {
    return new Promise((resolve, reject) => {
      if (this.#stopped !== undefined) throw this.#stopped;
      if (context.chain.includes(this.key)) {
        const message = `The call would come back to actor ${this.key}, which waits for it`;
        throw new HostError("actor.cycle", message);
      }
      const remaining = context.deadline - this.#options.now();
      const maxWaitMs = Math.max(0, Math.min(remaining, context.maxWaitMs ?? remaining));
      this.#desk.queue.add(new ActorCall({ operation, payload, context, maxWaitMs, resolve, reject }));
    });
  }
}
