import { type Remote, wrap } from "comlink";
import { asHostError, fromErrorRecord, HostError } from "../src/index.ts";
import type { HostApi, Outcome } from "./host-api.ts";

/** Milliseconds any one request may take: longer than the longest deadline inside the host. */
const DEADLINE_MS = 60_000;

/** The page's hold on its host worker: every request has a deadline, and fails when the worker ends. */
export class HostWorker {
  /** Settles when the worker is gone: undefined after a stop, the error otherwise. */
  readonly gone: Promise<HostError | undefined>;
  readonly #worker: Worker;
  readonly #api: Remote<HostApi>;
  readonly #waiting = new Set<(error: HostError) => void>();
  #settleGone: (error: HostError | undefined) => void = () => undefined;
  #ended: HostError | undefined;

  constructor() {
    this.gone = new Promise((resolve) => {
      this.#settleGone = resolve;
    });
    this.#worker = new Worker(new URL("./host-worker.ts", import.meta.url), { type: "module", name: "host" });
    this.#api = wrap<HostApi>(this.#worker);
    this.#worker.addEventListener("error", (event) => {
      const reason = event.message || "its script could not be loaded";
      const error = new HostError("host.stopped", `The host's worker failed: ${reason}`, {
        hint: "Start the host again.",
      });
      this.end(error, error);
    });
  }

  get ended(): boolean {
    return this.#ended !== undefined;
  }

  /** Makes a request by its name. */
  request(name: string, args: readonly unknown[]): Promise<unknown> {
    return this.ask((api) => {
      const call = api[name as keyof HostApi] as (...args: readonly unknown[]) => Promise<Outcome<unknown>>;
      return call(...args);
    });
  }

  /** One request: ended by its answer, its deadline, or the end of the worker. */
  ask<T>(request: (api: Remote<HostApi>) => Promise<Outcome<T>>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (this.#ended !== undefined) return reject(this.#ended);
      const settle = (): void => {
        clearTimeout(timer);
        this.#waiting.delete(fail);
      };
      const fail = (error: HostError): void => {
        settle();
        reject(error);
      };
      const timer = setTimeout(
        () => fail(new HostError("host.stopped", `The host did not answer within ${DEADLINE_MS} ms`)),
        DEADLINE_MS,
      );
      this.#waiting.add(fail);
      request(this.#api).then(
        (outcome) => {
          settle();
          if (outcome.ok) resolve(outcome.value);
          else reject(fromErrorRecord(outcome.error));
        },
        (error: unknown) => fail(asHostError(error)),
      );
    });
  }

  /** @param told - what {@link gone} settles with. */
  end(reason: HostError, told: HostError | undefined): void {
    if (this.#ended !== undefined) return;
    this.#ended = reason;
    this.#worker.terminate();
    for (const fail of [...this.#waiting]) fail(reason);
    this.#settleGone(told);
  }
}
