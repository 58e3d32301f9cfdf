import { HostError } from "../errors/index.ts";

/**
 * One exchange with another party: ends it when its caller gives up or a deadline passes, also where the party, or
 * the `fetch` in between, does not listen.
 */
export class Guard {
  readonly #controller = new AbortController();
  readonly #caller: AbortSignal | undefined;
  readonly #onCancel = (): void => this.#controller.abort(this.#caller?.reason);

  /** @throws HostError `registry.cancelled` where the caller has given up already */
  constructor(caller: AbortSignal | undefined) {
    if (caller?.aborted) throw cancelled(caller.reason);
    this.#caller = caller;
    caller?.addEventListener("abort", this.#onCancel, { once: true });
  }

  /** For `fetch`. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /**
   * What the work resolves to, if it does so in time.
   * @param what what takes place, to begin the message with
   * @throws HostError `registry.timeout`, `registry.cancelled`, and what the work rejects with
   */
  within<T>(work: Promise<T>, ms: number, what: string): Promise<T> {
    return new Promise((resolve, reject) => {
      const { signal } = this;
      const settle = (finish: () => void): void => {
        clearTimeout(timer);
        signal.removeEventListener("abort", onAbort);
        finish();
      };
      const onAbort = (): void => settle(() => reject(this.#reason()));
      const timer = setTimeout(() => {
        this.end(new HostError("registry.timeout", `${what} took longer than ${Math.round(ms)} ms`));
      }, ms);
      signal.addEventListener("abort", onAbort, { once: true });
      work.then(
        (value) => settle(() => resolve(value)),
        (error: unknown) => settle(() => reject(signal.aborted ? this.#reason() : error)),
      );
      if (signal.aborted) onAbort();
    });
  }

  /** Ends the exchange: whatever of it is under way is given up. */
  end(reason?: unknown): void {
    this.close();
    this.#controller.abort(reason);
  }

  /** Forgets the caller. Closing twice is fine. */
  close(): void {
    this.#caller?.removeEventListener("abort", this.#onCancel);
  }

  #reason(): HostError {
    return cancelled(this.signal.reason);
  }
}

/** The error of work that was given up: the reason, where it is one of ours. */
export function cancelled(cause: unknown): HostError {
  if (cause instanceof HostError) return cause;
  return new HostError("registry.cancelled", "The exchange with the registry was cancelled", { cause });
}
