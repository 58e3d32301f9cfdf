import { messageOf } from "../../src/errors/index.ts";
import { delay } from "../../src/time/index.ts";
import {
  asyncifyStrategy,
  GuestInstance,
  type HostCallAnswer,
  type HostCallRequest,
  type HostCallStrategy,
  jspiStrategy,
  noStrategy,
} from "../../src/wapc/index.ts";
import type { GuestWait } from "./guest-wait.ts";

/** Answers a host call of a guest. */
export type AnswerHostCall = (request: HostCallRequest) => Promise<HostCallAnswer>;

/** What a guest in this isolate is run with. */
export interface IsolateGuestOptions {
  readonly module: WebAssembly.Module;
  readonly wait: GuestWait;
  readonly maxMemoryBytes: number;
  readonly maxPayloadBytes: number;
  readonly onLog: (text: string) => void;
}

/**
 * Host calls after which the event loop gets its turn. Answers that come from the same process never let it run, so a
 * guest that calls for ever would keep the clock, and every deadline, standing still.
 */
const CALLS_A_TURN = 32;

/**
 * A guest in the same isolate as the code that calls it. Nothing can end it from outside: its fuel counters end a loop.
 * Serves one call at a time; each call brings its own answers to host calls, since an isolate must not answer one
 * request by the means of another.
 */
export class IsolateGuest {
  readonly #options: IsolateGuestOptions;
  #instance: GuestInstance | undefined;
  #answer: AnswerHostCall = nobody;
  #replaced = 0;
  #hostCalls = 0;
  #isAbandoned = false;

  private constructor(options: IsolateGuestOptions) {
    this.#options = options;
  }

  /**
   * Makes an instance and runs its start functions.
   *
   * @param answer - for host calls that the start functions make.
   * @throws HostError `guest.trap`, `guest.out_of_memory`.
   */
  static async start(options: IsolateGuestOptions, answer: AnswerHostCall): Promise<IsolateGuest> {
    const guest = new IsolateGuest(options);
    await guest.#during(answer, () => guest.#instantiate());
    return guest;
  }

  /** Times the instance was thrown away after a trap. */
  get replaced(): number {
    return this.#replaced;
  }

  /**
   * Calls an operation. An instance that something unwound is never used again: the next call gets another.
   *
   * @throws HostError `guest.…`, `input.too_large`.
   */
  call(operation: string, payload: Uint8Array, answer: AnswerHostCall): Promise<Uint8Array<ArrayBuffer>> {
    return this.#during(answer, async () => {
      const instance = this.#instance ?? (await this.#instantiate());
      try {
        return await instance.call(operation, payload);
      } finally {
        if (instance.broken) {
          this.#instance = undefined;
          this.#replaced++;
        }
      }
    });
  }

  /** Lets go of a guest whose call is over for its caller: it gets no more answers, and waits for ever. */
  abandon(): void {
    this.#isAbandoned = true;
  }

  async #during<T>(answer: AnswerHostCall, work: () => Promise<T>): Promise<T> {
    this.#answer = answer;
    try {
      return await work();
    } finally {
      this.#answer = nobody;
    }
  }

  async #instantiate(): Promise<GuestInstance> {
    const { module, maxMemoryBytes, maxPayloadBytes, onLog } = this.#options;
    this.#instance = await GuestInstance.start(module, {
      strategy: this.#strategy(),
      log: onLog,
      maxPayloadBytes,
      maxMemoryBytes,
      fuel: true,
    });
    return this.#instance;
  }

  async #answerOne(request: HostCallRequest): Promise<HostCallAnswer> {
    this.#hostCalls++;
    if (this.#hostCalls % CALLS_A_TURN === 0) await delay(0);
    if (this.#isAbandoned) return nothing();
    const answer = await this.#answer(request).catch(
      (error: unknown): HostCallAnswer => ({ ok: false, message: messageOf(error) }),
    );
    return this.#isAbandoned ? nothing() : answer;
  }

  #strategy(): HostCallStrategy {
    const call: AnswerHostCall = (request) => this.#answerOne(request);
    if (this.#options.wait === "jspi") return jspiStrategy(call);
    return this.#options.wait === "asyncify" ? asyncifyStrategy(call) : noStrategy();
  }
}

function nothing(): Promise<never> {
  return new Promise(() => undefined);
}

async function nobody(): Promise<HostCallAnswer> {
  return { ok: false, message: "No call is being served" };
}
