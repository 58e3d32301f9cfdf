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
import { AnswerBox } from "./answer-box.ts";
import { CallLedger } from "./call-ledger.ts";
import type { FromWorker, GuestCall, LoadOptions } from "./messages.ts";
import { SharedAnswerReader } from "./shared-answer.ts";
import { transferable } from "./transferable.ts";

/** How a guest's worker reaches the host. */
type Send = (message: FromWorker, transfer?: Transferable[]) => void;

interface WaitingCall {
  readonly call: number;
  readonly operation: string;
  readonly payload: Uint8Array;
}

/** One guest inside a worker: its module, and the instance that serves it now. */
export class WorkerGuest {
  readonly #number: number;
  readonly #module: WebAssembly.Module;
  readonly #options: LoadOptions;
  readonly #send: Send;
  readonly #ledger: CallLedger | undefined;
  readonly #box: AnswerBox | undefined;
  readonly #waiting: WaitingCall[] = [];
  #isServing = false;
  /** The number of the call in progress. */
  #call = 0;
  /** It has sent the host something during that call. */
  #hasSpoken = false;
  #instance: GuestInstance | undefined;
  #answer: ((answer: HostCallAnswer) => void) | undefined;

  constructor(number: number, module: WebAssembly.Module, options: LoadOptions, send: Send) {
    this.#number = number;
    this.#module = module;
    this.#options = options;
    this.#send = (message, transfer) => {
      this.#hasSpoken = true;
      send(message, transfer);
    };
    const { calls } = options;
    this.#ledger = calls === undefined ? undefined : new CallLedger(calls);
    this.#box = calls === undefined ? undefined : new AnswerBox(calls);
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

  /** Serves each call when those before it are answered: the guest must not be entered while it waits for the host. */
  call(calls: readonly GuestCall[], payloads: Uint8Array): void {
    let offset = 0;
    for (const { call, operation, length } of calls) {
      const payload = payloads.subarray(offset, offset + length);
      this.#waiting.push({ call, operation, payload });
      offset += length;
    }
    if (!this.#isServing) void this.#serveAll();
  }

  /** Begins none of the calls that wait. */
  forgetCalls(): void {
    this.#waiting.length = 0;
  }

  /** Takes the answer to the host call in progress. */
  answer(answer: HostCallAnswer): void {
    this.#answer?.(answer);
  }

  async #serveAll(): Promise<void> {
    this.#isServing = true;
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      if (this.#ledger === undefined || this.#ledger.begin(next.call)) await this.#serve(next);
    }
    this.#isServing = false;
  }

  /** Serves one call and tells the outcome. An instance that something unwound is never used again. */
  async #serve({ call, operation, payload }: WaitingCall): Promise<void> {
    const guest = this.#number;
    this.#call = call;
    this.#hasSpoken = false;
    try {
      if (this.#instance === undefined) await this.start();
      const response = (await this.#instance?.call(operation, payload)) ?? new Uint8Array(0);
      // The host must not have the answer before what was said earlier.
      const isInBox = !this.#hasSpoken && this.#box?.put(call, response) === true;
      if (!isInBox) this.#send({ wl: "done", guest, call, payload: response }, transferable(response));
      else if (this.#box?.ring() === true) this.#send({ wl: "answers", guest });
    } catch (error) {
      const replaced = this.#instance?.broken ?? true;
      if (replaced) this.#instance = undefined;
      this.#send({ wl: "failed", guest, call, error: toErrorRecord(error), replaced });
    }
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
    const message = { wl: "host-call", guest: this.#number, call: this.#call, ...request } as const;
    this.#send(message, transferable(request.payload));
  }
}
