import { toErrorRecord } from "../errors/index.ts";
import {
  asyncifyStrategy,
  blockingStrategy,
  GuestInstance,
  type HostCallAnswer,
  type HostCallRequest,
  type HostCallStrategy,
  jspiStrategy,
  noStrategy,
} from "../wapc/index.ts";
import type { FromWorker, LoadOptions } from "./messages.ts";
import { SharedAnswerReader } from "./shared-answer.ts";
import { transferable } from "./transferable.ts";

/** How a guest's worker reaches the host. */
type Send = (message: FromWorker, transfer?: Transferable[]) => void;

/** One guest inside a worker: its module, and the instance that serves it now. */
export class WorkerGuest {
  readonly #number: number;
  readonly #module: WebAssembly.Module;
  readonly #options: LoadOptions;
  readonly #send: Send;
  #instance: GuestInstance | undefined;
  #answer: ((answer: HostCallAnswer) => void) | undefined;

  constructor(number: number, module: WebAssembly.Module, options: LoadOptions, send: Send) {
    this.#number = number;
    this.#module = module;
    this.#options = options;
    this.#send = send;
  }

  /** Makes the instance and runs its start functions. @throws HostError `guest.…` if it does not start. */
  async start(): Promise<void> {
    this.#instance = await GuestInstance.start(this.#module, {
      strategy: this.#strategy(),
      log: (text) => this.#send({ wl: "log", guest: this.#number, text }),
      maxPayloadBytes: this.#options.maxPayloadBytes,
      fuel: this.#options.fuel,
      maxMemoryBytes: this.#options.maxMemoryBytes,
    });
  }

  /** Serves one call and tells the outcome. An instance that something unwound is never used again. */
  async call(call: number, operation: string, payload: Uint8Array): Promise<void> {
    const guest = this.#number;
    try {
      if (this.#instance === undefined) await this.start();
      const response = (await this.#instance?.call(operation, payload)) ?? new Uint8Array(0);
      this.#send({ wl: "done", guest, call, payload: response }, transferable(response));
    } catch (error) {
      const replaced = this.#instance?.broken ?? true;
      if (replaced) this.#instance = undefined;
      this.#send({ wl: "failed", guest, call, error: toErrorRecord(error), replaced });
    }
  }

  /** Takes the answer to the host call in progress. */
  answer(answer: HostCallAnswer): void {
    this.#answer?.(answer);
  }

  #strategy(): HostCallStrategy {
    const { strategy, shared, hostCallTimeoutMs } = this.#options;
    if (strategy === "jspi") return jspiStrategy((request) => this.#hostCall(request));
    if (strategy === "asyncify") return asyncifyStrategy((request) => this.#hostCall(request));
    if (strategy === "none" || shared === undefined) return noStrategy();
    const reader = new SharedAnswerReader(shared);
    return blockingStrategy((request) => {
      reader.prepare();
      this.#sendHostCall(request);
      return reader.read(() => this.#send({ wl: "more", guest: this.#number }), hostCallTimeoutMs);
    });
  }

  #hostCall(request: HostCallRequest): Promise<HostCallAnswer> {
    return new Promise((resolve) => {
      this.#answer = resolve;
      this.#sendHostCall(request);
    });
  }

  #sendHostCall(request: HostCallRequest): void {
    this.#send({ wl: "host-call", guest: this.#number, ...request }, transferable(request.payload));
  }
}
