import { asHostError, fromErrorRecord, HostError, messageOf } from "../errors/index.ts";
import type { HostCallAnswer, HostCallRequest, HostCallStrategyName } from "../wapc/index.ts";
import type { ActorPlacement, PlacementOptions } from "./actor-runtime.ts";
import type { FromWorker } from "./messages.ts";
import type { SharedAnswerWriter } from "./shared-answer.ts";
import type { SupervisedWorker } from "./supervised-worker.ts";

interface PendingCall {
  readonly number: number;
  readonly resolve: (payload: Uint8Array) => void;
  readonly reject: (error: HostError) => void;
}

/** An actor's instance in a worker of its own. */
export class WorkerPlacement implements ActorPlacement {
  readonly hostCalls: HostCallStrategyName;
  readonly #worker: SupervisedWorker;
  readonly #options: PlacementOptions;
  readonly #shared: SharedAnswerWriter | undefined;
  #pending: PendingCall | undefined;
  #calls = 0;
  #replaced = 0;

  constructor(
    worker: SupervisedWorker,
    hostCalls: HostCallStrategyName,
    options: PlacementOptions,
    shared?: SharedAnswerWriter,
  ) {
    this.#worker = worker;
    this.hostCalls = hostCalls;
    this.#options = options;
    this.#shared = shared;
    worker.onEnd((reason) => this.#settle(undefined, (call) => call.reject(reason)));
  }

  get ended(): HostError | undefined {
    return this.#worker.ended;
  }

  get replaced(): number {
    return this.#replaced;
  }

  call(operation: string, payload: Uint8Array): Promise<Uint8Array> {
    return new Promise((resolve, reject) => {
      if (this.ended !== undefined) return reject(this.ended);
      if (this.#pending !== undefined) return reject(new HostError("internal", "The instance is busy"));
      const number = ++this.#calls;
      this.#pending = { number, resolve, reject };
      try {
        this.#worker.post({ wl: "call", call: number, operation, payload }, transferable(payload));
      } catch (error) {
        this.#settle(number, (call) => call.reject(asHostError(error)));
      }
    });
  }

  end(reason: HostError): void {
    this.#worker.end(reason);
  }

  /** Takes what the worker says. */
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
    if (this.ended !== undefined) return;
    if (this.#shared !== undefined) this.#shared.write(answer);
    else if (answer.ok) this.#worker.post({ wl: "answer", ...answer }, transferable(answer.payload));
    else this.#worker.post({ wl: "answer", ...answer });
  }

  #settle(number: number | undefined, outcome: (call: PendingCall) => void): void {
    const call = this.#pending;
    if (call === undefined || (number !== undefined && number !== call.number)) return;
    this.#pending = undefined;
    outcome(call);
  }
}

/** The buffer to hand over instead of copying it; none where the bytes are a part of something larger. */
function transferable(bytes: Uint8Array): Transferable[] {
  const { buffer } = bytes;
  return buffer instanceof ArrayBuffer && buffer.byteLength === bytes.byteLength && bytes.byteLength > 0
    ? [buffer]
    : [];
}
