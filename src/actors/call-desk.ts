import type { HostError } from "../errors/index.ts";
import type { ActorCall } from "./actor-call.ts";
import type { ActorGeneration } from "./actor-generation.ts";
import type { SlotOwner } from "./actor-slot.ts";
import { CallQueue } from "./call-queue.ts";

/** What a desk works with. */
export interface CallDeskOptions {
  /** Calls that may wait. */
  readonly queueLength: number;
  readonly instances: number;
  /** Told whenever an instance was lost. */
  readonly onLoss: (error: HostError) => void;
}

/** Instances lost in a row after which an actor counts as unhealthy. */
const TROUBLE_AFTER = 3;

/** Where the calls of an actor are handed to its instances, whichever generation they are of, and answered. */
export class CallDesk implements SlotOwner {
  readonly queue: CallQueue<ActorCall>;
  readonly #options: CallDeskOptions;
  #generation: ActorGeneration | undefined;
  #lossesInARow = 0;
  #lastLoss = "";

  constructor(options: CallDeskOptions) {
    this.#options = options;
    this.queue = new CallQueue({
      limit: options.queueLength,
      parallel: options.instances,
      hasRoom: (call) => this.#generation?.roomFor(call) !== undefined,
      start: (call) => this.#generation?.roomFor(call)?.take(call),
    });
  }

  /** Why the actor counts as unhealthy although it may answer: it lost its instances again and again. */
  get trouble(): string | undefined {
    if (this.#lossesInARow < TROUBLE_AFTER) return undefined;
    return `Lost its instance ${this.#lossesInARow} times in a row: ${this.#lastLoss}`;
  }

  /** From now on calls go to these instances. */
  serveBy(generation: ActorGeneration): void {
    this.#generation = generation;
    this.#lossesInARow = 0;
  }

  onBegun(call: ActorCall): void {
    this.queue.begun(call);
  }

  onAnswered(call: ActorCall, payload: Uint8Array): void {
    this.#lossesInARow = 0;
    this.queue.finished(call);
    call.resolve(payload);
  }

  onFailed(call: ActorCall, error: HostError, isLoss: boolean): void {
    if (isLoss) {
      this.#lossesInARow++;
      this.#lastLoss = error.message;
      this.#options.onLoss(error);
    }
    this.queue.finished(call);
    call.reject(error);
  }

  onNotBegun(call: ActorCall): void {
    this.queue.putBack(call);
  }

  onRoom(): void {
    this.queue.next();
    // What waits behind a call that may last goes to an instance that has nothing to do.
    if (this.queue.isEmpty && this.#generation?.spread() === true) this.queue.next();
  }
}
