import type { ActorClaims, VerifiedModule } from "../claims/index.ts";
import { CORE_OPERATIONS, encodeHealthRequest } from "../contracts/index.ts";
import { asHostError, HostError } from "../errors/index.ts";
import type { HostCallAnswer, HostCallRequest, HostCallStrategyName } from "../wapc/index.ts";
import { inspectModule } from "../wapc/index.ts";
import type { ActorModule, ActorPlacement, ActorRuntime } from "./actor-runtime.ts";
import { CallQueue } from "./call-queue.ts";

/** What a call takes with it on its way through actors on this host. */
export interface CallContext {
  /** Keys of the actors that wait for this call, outermost first. */
  readonly chain: readonly string[];
  /** Milliseconds since the epoch by which the caller wants its answer. */
  readonly deadline: number;
  /** Milliseconds the call may wait for its turn; absent: until the deadline. */
  readonly maxWaitMs?: number;
}

/** What an actor is run with. */
export interface ActorOptions {
  readonly runtime: ActorRuntime;
  /** Answers the guest's host calls; the context is that of the call in progress. Must not reject. */
  readonly onHostCall: (request: HostCallRequest, context: CallContext) => Promise<HostCallAnswer>;
  readonly onLog: (text: string) => void;
  /** Told whenever an instance was lost: trap, deadline, worker failure. */
  readonly onFailure: (error: HostError) => void;
  readonly now: () => number;
  /** Milliseconds for a start, and for one call in the guest. */
  readonly deadlineMs: number;
  readonly maxPayloadBytes: number;
  readonly queueLength: number;
}

/** Milliseconds by which a call that another call waits for ends earlier, so that the waiting one can still answer. */
const NESTING_MARGIN_MS = 100;

/**
 * A running actor: one guest instance at a time, calls served one by one. Whatever happens to the instance, the
 * caller gets an answer by its deadline and the next call gets a fresh instance. Protocol section 6.4.
 */
export class Actor {
  readonly claims: ActorClaims;
  readonly #options: ActorOptions;
  readonly #module: ActorModule;
  readonly #queue: CallQueue;
  #placement: ActorPlacement;
  #context: CallContext = { chain: [], deadline: 0 };
  #stopped: HostError | undefined;
  #calls = 0;
  #failures = 0;
  #restarts = 0;

  private constructor(claims: ActorClaims, module: ActorModule, options: ActorOptions) {
    this.claims = claims;
    this.#module = module;
    this.#options = options;
    this.#queue = new CallQueue(options.queueLength);
    this.#placement = NOT_PLACED;
  }

  /**
   * Compiles a verified module and starts it.
   *
   * @throws HostError `module.compile_failed`, what {@link inspectModule} throws, or what the runtime throws when the
   *   guest does not start. Nothing is left running then.
   */
  static async start(verified: VerifiedModule, options: ActorOptions): Promise<Actor> {
    const compiled = await compile(verified.bytes);
    const module: ActorModule = { compiled, callsHost: inspectModule(compiled).callsHost };
    const actor = new Actor(verified.claims, module, options);
    actor.#context = { chain: [actor.key], deadline: options.now() + options.deadlineMs };
    actor.#placement = await actor.#place();
    return actor;
  }

  /** The actor's `M…` key. */
  get key(): string {
    return this.claims.subject;
  }

  get hostCalls(): HostCallStrategyName {
    return this.#placement.hostCalls;
  }

  /** Calls answered, failures among them, instances thrown away, calls that wait or run. */
  get statistics(): { calls: number; failures: number; restarts: number; pending: number } {
    return {
      calls: this.#calls,
      failures: this.#failures,
      restarts: this.#restarts + this.#placement.replaced,
      pending: this.#queue.length,
    };
  }

  /**
   * Calls an operation of the guest.
   *
   * @param payload - handed over: the caller must not use it afterwards.
   * @throws HostError `guest.failure` with the guest's text, `guest.trap`, `actor.deadline`, `actor.queue_full`,
   *   `actor.stopped`, `actor.cycle`, `input.too_large` or `actor.worker_failed`.
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

  /** Ends the actor: the running call is given until its deadline, waiting ones are refused. Twice is fine. */
  async stop(graceMs = 0): Promise<void> {
    this.#stopped ??= new HostError("actor.stopped", `Actor ${this.key} was stopped`);
    this.#queue.close(this.#stopped);
    await this.#queue.whenIdle(Math.min(graceMs, this.#options.deadlineMs));
    this.#placement.end(this.#stopped);
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
    const { now, deadlineMs } = this.#options;
    const deadline = Math.min(context.deadline, now() + deadlineMs);
    this.#context = { chain: [...context.chain, this.key], deadline: deadline - NESTING_MARGIN_MS };
    let timer: number | undefined;
    let replaced = Number.POSITIVE_INFINITY;
    try {
      if (this.#placement.ended !== undefined) await this.#replace();
      const placement = this.#placement;
      replaced = placement.replaced;
      timer = setTimeout(() => placement.end(this.#lateAnswer(operation)), Math.max(0, deadline - now()));
      return await placement.call(operation, payload);
    } catch (error) {
      const lost = this.#placement.ended !== undefined || this.#placement.replaced > replaced;
      if (lost && this.#stopped === undefined) this.#options.onFailure(asHostError(error));
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  #lateAnswer(operation: string): HostError {
    return new HostError("actor.deadline", "The actor did not answer before its deadline and was restarted", {
      details: { actor: this.key, operation: operation.slice(0, 200) },
    });
  }

  async #replace(): Promise<void> {
    this.#restarts += this.#placement.replaced + 1;
    this.#placement = { ...NOT_PLACED, hostCalls: this.#placement.hostCalls };
    this.#placement = await this.#place();
  }

  async #place(): Promise<ActorPlacement> {
    const placement = await this.#options.runtime.place(this.#module, {
      name: `${this.claims.name ?? "actor"} ${this.key}`,
      onHostCall: (request) => this.#options.onHostCall(request, this.#context),
      onLog: this.#options.onLog,
      maxPayloadBytes: this.#options.maxPayloadBytes,
      deadlineMs: this.#options.deadlineMs,
    });
    if (this.#stopped !== undefined) {
      placement.end(this.#stopped);
      throw this.#stopped;
    }
    return placement;
  }
}

/** What an actor holds while it has no instance. */
const NOT_PLACED: ActorPlacement = {
  hostCalls: "none",
  ended: new HostError("actor.worker_failed", "The actor has no instance"),
  replaced: 0,
  call: () => Promise.reject(new HostError("actor.worker_failed", "The actor has no instance")),
  end: () => undefined,
};

async function compile(bytes: Uint8Array): Promise<WebAssembly.Module> {
  try {
    return await WebAssembly.compile(bytes as Uint8Array<ArrayBuffer>);
  } catch (error) {
    throw new HostError(
      "module.compile_failed",
      `The module is not valid WebAssembly: ${asHostError(error).message}`,
      {
        hint: "Build it again; an engine that lacks a feature it uses says so in this text.",
        cause: error,
      },
    );
  }
}
