import { type Endpoint, type Remote, releaseProxy, wrap } from "comlink";
import { HostError } from "../errors/index.ts";
import type { ActorWorkerApi, FromWorker, ToWorker } from "./messages.ts";
import type { ActorWorkerHandle } from "./worker-port.ts";

/**
 * The host's hold on an actor's worker. comlink alone never rejects when its worker dies; here every life-cycle call
 * has a deadline and fails with the worker, and the worker's end is told exactly once.
 */
export class SupervisedWorker {
  readonly #handle: ActorWorkerHandle;
  readonly #api: Remote<ActorWorkerApi>;
  readonly #endings = new Set<(reason: HostError) => void>();
  readonly #receive: (event: MessageEvent) => void;
  #ended: HostError | undefined;

  /** @param onMessage - takes what the worker says beside comlink. */
  constructor(handle: ActorWorkerHandle, onMessage: (message: FromWorker) => void) {
    this.#handle = handle;
    this.#receive = (event) => {
      const message = event.data as FromWorker | { readonly wl?: undefined };
      if (message.wl !== undefined && this.#ended === undefined) onMessage(message);
    };
    handle.addEventListener("message", this.#receive);
    handle.onFailure((reason) => {
      this.end(
        new HostError("actor.worker_failed", `The actor's worker failed: ${reason.message}`, {
          cause: reason,
        }),
      );
    });
    this.#api = wrap<ActorWorkerApi>(handle as unknown as Endpoint);
  }

  /** Why the worker is gone; undefined while it lives. */
  get ended(): HostError | undefined {
    return this.#ended;
  }

  /** Calls the listener when the worker is gone, at once if it is. */
  onEnd(listener: (reason: HostError) => void): void {
    if (this.#ended === undefined) this.#endings.add(listener);
    else listener(this.#ended);
  }

  post(message: ToWorker, transfer?: Transferable[]): void {
    this.#handle.postMessage(message, transfer);
  }

  /**
   * Runs a life-cycle call.
   *
   * @throws HostError `actor.deadline` after `deadlineMs`, or the reason of the worker's end. In both cases the worker
   *   is gone.
   */
  async lifeCycle<T>(run: (api: Remote<ActorWorkerApi>) => Promise<T>, deadlineMs: number): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.onEnd(reject);
      const timer = setTimeout(() => {
        this.end(
          new HostError("actor.deadline", `The actor's worker did not get ready within ${deadlineMs} ms`),
        );
      }, deadlineMs);
      const settle = (): void => {
        clearTimeout(timer);
        this.#endings.delete(reject);
      };
      this.onEnd(settle);
      run(this.#api)
        .then(resolve, reject)
        .finally(() => {
          settle();
          this.#endings.delete(settle);
        });
    });
  }

  /** Ends the worker. The first reason given stays. */
  end(reason: HostError): void {
    if (this.#ended !== undefined) return;
    this.#ended = reason;
    this.#handle.removeEventListener("message", this.#receive);
    this.#handle.terminate();
    this.#api[releaseProxy]();
    for (const listener of this.#endings) listener(reason);
    this.#endings.clear();
  }
}
