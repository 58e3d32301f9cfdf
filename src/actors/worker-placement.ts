import { asHostError, fromErrorRecord, HostError, messageOf } from "../errors/index.ts";
import type { HostCallAnswer, HostCallRequest } from "../wapc/index.ts";
import type { ActorPlacement, PlacementOptions } from "./actor-runtime.ts";
import type { FromWorker, ToWorker } from "./messages.ts";
import type { SharedAnswerWriter } from "./shared-answer.ts";
import { transferable } from "./transferable.ts";

/** What a placement works with. */
export interface WorkerPlacementOptions {
  /** The guest's number in its worker. */
  readonly guest: number;
  readonly post: (message: ToWorker, transfer?: Transferable[]) => void;
  readonly options: PlacementOptions;
  /** Given where the guest waits on shared memory. */
  readonly shared?: SharedAnswerWriter;
  /** Called once, when the placement ends. */
  readonly onEnd: (reason: HostError) => void;
}

interface PendingCall {
  readonly number: number;
  readonly resolve: (payload: Uint8Array) => void;
  readonly reject: (error: HostError) => void;
}

/** A guest's instance in a worker, as the host sees it. */
export class WorkerPlacement implements ActorPlacement {
  readonly #guest: number;
  readonly #post: WorkerPlacementOptions["post"];
  readonly #options: PlacementOptions;
  readonly #shared: SharedAnswerWriter | undefined;
  readonly #onEnd: (reason: HostError) => void;
  #pending: PendingCall | undefined;
  #ended: HostError | undefined;
  #calls = 0;
  #replaced = 0;

  constructor({ guest, post, options, shared, onEnd }: WorkerPlacementOptions) {
    this.#guest = guest;
    this.#post = post;
    this.#options = options;
    this.#shared = shared;
    this.#onEnd = onEnd;
  }

  get ended(): HostError | undefined {
    return this.#ended;
  }

  get replaced(): number {
    return this.#replaced;
  }

  call(operation: string, payload: Uint8Array): Promise<Uint8Array> {
    return new Promise((resolve, reject) => {
      if (this.#ended !== undefined) return reject(this.#ended);
      if (this.#pending !== undefined) return reject(new HostError("internal", "The instance is busy"));
      const call = ++this.#calls;
      this.#pending = { number: call, resolve, reject };
      try {
        this.#post({ wl: "call", guest: this.#guest, call, operation, payload }, transferable(payload));
      } catch (error) {
        this.#settle(call, (pending) => pending.reject(asHostError(error)));
      }
    });
  }

  end(reason: HostError): void {
    if (this.#ended !== undefined) return;
    this.#ended = reason;
    this.#settle(undefined, (call) => call.reject(reason));
    this.#onEnd(reason);
  }

  /** Takes what the worker says about this guest. */
  receive(message: FromWorker): void {
    switch (message.wl) {
      case "done":
        this.#settle(message.call, (call) => call.resolve(message.payload));
        break;
      case "failed":
        if (message.replaced) this.#replaced++;
        this.#settle(message.call, (call) => call.reject(fromErrorRecord(message.error)));
        break;
      case "host-call":
        void this.#answer(message);
        break;
      case "more":
        this.#shared?.next();
        break;
      case "log":
        this.#options.onLog(message.text);
        break;
    }
  }

  async #answer(request: HostCallRequest): Promise<void> {
    const answer = await this.#options
      .onHostCall(request)
      .catch((error: unknown): HostCallAnswer => ({ ok: false, message: messageOf(error) }));
    if (this.#ended !== undefined) return;
    if (this.#shared !== undefined) this.#shared.write(answer);
    else {
      const transfer = answer.ok ? transferable(answer.payload) : [];
      this.#post({ wl: "answer", guest: this.#guest, ...answer }, transfer);
    }
  }

  #settle(number: number | undefined, outcome: (call: PendingCall) => void): void {
    const call = this.#pending;
    if (call === undefined || (number !== undefined && number !== call.number)) return;
    this.#pending = undefined;
    outcome(call);
  }
}
