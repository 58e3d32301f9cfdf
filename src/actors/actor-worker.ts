import { type Endpoint, expose } from "comlink";
import { type ErrorRecord, HostError, toErrorRecord } from "../errors/index.ts";
import { type HostCallStrategyName, probeJspi, probeSharedMemory } from "../wapc/index.ts";
import type { ActorWorkerApi, FromWorker, LoadOptions, ToWorker } from "./messages.ts";
import { WorkerGuest } from "./worker-guest.ts";
import type { WorkerPort } from "./worker-port.ts";

/** The code of an actor's worker: holds guests and serves the calls of the host at the other end. */
class ActorWorker implements ActorWorkerApi {
  readonly #port: WorkerPort;
  readonly #guests = new Map<number, WorkerGuest>();

  constructor(port: WorkerPort) {
    this.#port = port;
  }

  async probe(): Promise<HostCallStrategyName[]> {
    const found: HostCallStrategyName[] = [];
    if (await probeJspi()) found.push("jspi");
    if (probeSharedMemory()) found.push("shared-memory");
    return [...found, "none"];
  }

  async load(
    number: number,
    module: WebAssembly.Module,
    options: LoadOptions,
  ): Promise<ErrorRecord | undefined> {
    const guest = new WorkerGuest(number, module, options, (message, transfer) =>
      this.#send(message, transfer),
    );
    // Before it starts: its start functions may wait for answers already.
    this.#guests.set(number, guest);
    try {
      await guest.start();
      return undefined;
    } catch (error) {
      this.#guests.delete(number);
      return toErrorRecord(error);
    }
  }

  async unload(number: number): Promise<void> {
    this.#guests.get(number)?.forgetCalls();
    this.#guests.delete(number);
  }

  receive(message: ToWorker): void {
    const guest = this.#guests.get(message.guest);
    if (message.wl === "answer") guest?.answer(message);
    else if (guest !== undefined) guest.call(message.calls, message.payloads);
    else {
      const error = toErrorRecord(new HostError("internal", "The worker has no such guest"));
      for (const { call } of message.calls) {
        this.#send({ wl: "failed", guest: message.guest, call, error, replaced: false });
      }
    }
  }

  #send(message: FromWorker, transfer?: Transferable[]): void {
    this.#port.postMessage(message, transfer);
  }
}

/**
 * Turns the current worker into an actor's worker. The adapter's worker script calls it once, after it has removed
 * what a guest must not reach.
 */
export function runActorWorker(port: WorkerPort): void {
  const worker = new ActorWorker(port);
  port.addEventListener("message", (event) => {
    const message = event.data as ToWorker | { readonly wl?: undefined };
    if (message.wl === undefined) return;
    // comlink, which listens after this, would spend more on ignoring the message than we on taking it.
    event.stopImmediatePropagation?.();
    worker.receive(message);
  });
  expose(worker, port as unknown as Endpoint);
}
