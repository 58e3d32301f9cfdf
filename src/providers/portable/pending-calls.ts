import { HostError } from "../../errors/index.ts";

/** What {@link PendingCalls} works with. */
export interface PendingCallsOptions {
  /** For error texts. */
  readonly name: string;
  readonly maxPayloadBytes: number;
  readonly maxPending: number;
  /** Milliseconds for one call. */
  readonly callMs: number;
  /** Called when a call was not answered in time. */
  readonly onLate: () => void;
}

interface PendingCall {
  readonly resolve: (payload: Uint8Array) => void;
  readonly reject: (error: HostError) => void;
  readonly timer: number;
}

/** Calls that wait for a provider's answer: bounded in number, and each in time. */
export class PendingCalls {
  readonly #options: PendingCallsOptions;
  readonly #pending = new Map<number, PendingCall>();
  #numbers = 0;

  constructor(options: PendingCallsOptions) {
    this.#options = options;
  }

  /**
   * Makes a call.
   *
   * @param post - sends it under its number.
   * @throws HostError `input.too_large`, `provider.queue_full`, `provider.deadline`, or what {@link failed} or
   *   {@link end} is given.
   */
  add(operation: string, payload: Uint8Array, post: (call: number) => void): Promise<Uint8Array> {
    const { name, maxPayloadBytes, maxPending, callMs, onLate } = this.#options;
    if (payload.length > maxPayloadBytes) throw tooLarge(payload, maxPayloadBytes);
    if (this.#pending.size >= maxPending) {
      throw new HostError("provider.queue_full", `${maxPending} calls wait for provider ${name} already`);
    }
    const call = ++this.#numbers;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        const text = `Provider ${name} did not answer ${operation} within ${callMs} ms`;
        this.#settle(call)?.reject(new HostError("provider.deadline", text));
        onLate();
      }, callMs);
      this.#pending.set(call, { resolve, reject, timer });
      post(call);
    });
  }

  /** Takes an answer. @returns false for one to a call that was never made; one that comes too late is dropped. */
  done(call: number, payload: Uint8Array): boolean {
    const pending = this.#settle(call);
    const { maxPayloadBytes } = this.#options;
    if (payload.length > maxPayloadBytes) pending?.reject(tooLarge(payload, maxPayloadBytes));
    else pending?.resolve(payload);
    return call <= this.#numbers;
  }

  /** As {@link done}, for a failure. */
  failed(call: number, error: HostError): boolean {
    this.#settle(call)?.reject(error);
    return call <= this.#numbers;
  }

  /** Fails all calls. */
  end(reason: HostError): void {
    for (const call of [...this.#pending.keys()]) this.#settle(call)?.reject(reason);
  }

  #settle(call: number): PendingCall | undefined {
    const pending = this.#pending.get(call);
    this.#pending.delete(call);
    clearTimeout(pending?.timer);
    return pending;
  }
}

function tooLarge({ length }: Uint8Array, maxBytes: number): HostError {
  return new HostError("input.too_large", `A payload has ${length} bytes, at most ${maxBytes} are accepted`, {
    details: { bytes: length, maxBytes },
  });
}
