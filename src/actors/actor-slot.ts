import { asHostError, HostError } from "../errors/index.ts";
import type { HostCallAnswer, HostCallRequest } from "../wapc/index.ts";
import type { ActorCall, CallKeeper } from "./actor-call.ts";
import { type CallContext, nestedContext } from "./call-context.ts";
import { Deadlines } from "./deadlines.ts";
import { SlotInstance, type SlotInstanceOptions } from "./slot-instance.ts";

/** Who gives a slot its calls. */
export interface SlotOwner {
  /** From now on the call's own deadline counts, and not how long it may wait. */
  onBegun(call: ActorCall): void;
  onAnswered(call: ActorCall, payload: Uint8Array): void;
  /** @param isLoss - the instance was lost with it. */
  onFailed(call: ActorCall, error: HostError, isLoss: boolean): void;
  /** The call has to be given to another instance. */
  onNotBegun(call: ActorCall): void;
  /** The slot takes another call. */
  onRoom(): void;
}

/** What a slot works with. */
export interface ActorSlotOptions extends SlotInstanceOptions {
  /** The actor's key. */
  readonly actor: string;
  readonly owner: SlotOwner;
}

/**
 * The place of one instance of an actor. It holds an instance, or is parked and gets one at its next call. Serves one
 * call at a time; small ones it takes ahead, so that the next is there when the instance has answered the last.
 */
export class ActorSlot implements CallKeeper {
  readonly #options: ActorSlotOptions;
  readonly #instance: SlotInstance;
  readonly #deadlines = new Deadlines<ActorCall>((call) => this.#endLate(call));
  /** The call that is served and those that were sent ahead. */
  readonly #line: ActorCall[] = [];
  #isOpening = false;
  /** When the first call in the line began and has to end; milliseconds since the epoch. */
  #began = 0;
  #deadline = 0;
  #replacedBefore = 0;

  constructor(options: ActorSlotOptions) {
    this.#options = options;
    this.#instance = new SlotInstance(options);
  }

  /** It holds an instance that can be called. */
  get placed(): boolean {
    return this.#instance.placement !== undefined;
  }

  /** Calls it has. */
  get size(): number {
    return this.#line.length;
  }

  /** Instances thrown away after a trap, a missed deadline or a failure; parked ones are not counted. */
  get replaced(): number {
    return this.#instance.replaced;
  }

  hasRoom(call: ActorCall): boolean {
    if (this.#isOpening) return false;
    return this.#line.length === 0 || (call.maySendAhead && this.#instance.placement?.hasRoom === true);
  }

  /** Takes a call for which it has room. */
  take(call: ActorCall): void {
    call.keeper = this;
    const { placement } = this.#instance;
    if (this.#line.push(call) > 1) placement?.send(call);
    else if (placement === undefined) void this.#openFor(call);
    else {
      this.#instance.busy();
      this.#begin(call);
      this.#startTheClock(call);
      placement.send(call);
    }
  }

  /**
   * Makes an instance that waits for calls.
   *
   * @throws HostError as `SlotInstance.open`.
   */
  async open(context: CallContext): Promise<void> {
    this.#isOpening = true;
    try {
      await this.#instance.open(context);
    } finally {
      this.#isOpening = false;
    }
    this.#instance.settle();
  }

  /** Ends the slot for good, also in the middle of a call. */
  close(reason: HostError): void {
    this.#instance.close(reason);
    this.#deadlines.close();
  }

  hostCall({ context }: ActorCall, request: HostCallRequest): Promise<HostCallAnswer> {
    return this.#options.onHostCall(request, this.#nested(context));
  }

  answered(call: ActorCall, payload: Uint8Array): void {
    this.#instance.worked();
    this.#leave(call);
    this.#options.owner.onAnswered(call, payload);
    this.#options.owner.onRoom();
  }

  failed(call: ActorCall, error: HostError): void {
    this.#instance.lose();
    this.#fail(call, error, this.replaced > this.#replacedBefore);
  }

  notBegun(call: ActorCall): void {
    this.#leave(call);
    this.#options.owner.onNotBegun(call);
    if (this.#line.length === 0) this.#options.owner.onRoom();
  }

  withdraw(call: ActorCall): boolean {
    // The first one is as good as begun: nothing is before it.
    if (this.#line.indexOf(call) < 1 || this.#instance.placement?.withdraw(call) !== true) return false;
    this.#leave(call);
    return true;
  }

  /** Takes back the first of the calls sent ahead that was not begun. */
  withdrawOne(): void {
    const call = this.#line.find((each) => this.withdraw(each));
    if (call !== undefined) this.#options.owner.onNotBegun(call);
  }

  /** Takes back all calls sent ahead that were not begun. */
  withdrawAll(): void {
    for (const call of [...this.#line].reverse()) {
      if (this.withdraw(call)) this.#options.owner.onNotBegun(call);
    }
  }

  async #openFor(call: ActorCall): Promise<void> {
    this.#isOpening = true;
    this.#begin(call);
    try {
      await this.#instance.open(this.#nested(call.context));
    } catch (error) {
      this.#isOpening = false;
      return this.#fail(call, asHostError(error), !this.#instance.isClosed);
    }
    this.#isOpening = false;
    this.#startTheClock(call);
    this.#instance.placement?.send(call);
  }

  /** The call is the first in the line. */
  #begin(call: ActorCall): void {
    const { now, placement, owner } = this.#options;
    this.#began = now();
    this.#deadline = Math.min(call.context.deadline, this.#began + placement.deadlineMs);
    owner.onBegun(call);
  }

  #startTheClock(call: ActorCall): void {
    this.#replacedBefore = this.replaced;
    this.#deadlines.set(call, this.#deadline - this.#options.now());
  }

  #endLate({ operation }: ActorCall): void {
    this.#instance.placement?.end(
      new HostError("actor.deadline", "The actor did not answer before its deadline and was restarted", {
        details: { actor: this.#options.actor, operation: operation.slice(0, 200) },
      }),
    );
  }

  /** The context of what the guest calls while it serves the first call in the line. */
  #nested(context: CallContext): CallContext {
    const times = { began: this.#began, deadline: this.#deadline };
    return nestedContext(context, this.#options.actor, times);
  }

  #fail(call: ActorCall, error: HostError, isLoss: boolean): void {
    this.#leave(call);
    this.#options.owner.onFailed(call, error, isLoss);
    this.#options.owner.onRoom();
  }

  /** A call leaves the line. If it was the first, the next one begins. */
  #leave(call: ActorCall): void {
    const place = this.#line.indexOf(call);
    this.#line.splice(place, 1);
    call.keeper = undefined;
    if (place > 0) return;
    this.#deadlines.delete(call);
    const [next] = this.#line;
    if (next === undefined) {
      this.#instance.settle();
      return;
    }
    this.#begin(next);
    this.#startTheClock(next);
  }
}
