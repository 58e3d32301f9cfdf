import { type Endpoint, expose } from "comlink";
import { type ErrorRecord, HostError, toErrorRecord } from "../errors/index.ts";
import {
  blockingStrategy,
  GuestInstance,
  type HostCallAnswer,
  type HostCallRequest,
  type HostCallStrategy,
  type HostCallStrategyName,
  jspiStrategy,
  noStrategy,
  probeJspi,
  probeSharedMemory,
} from "../wapc/index.ts";
import type { ActorWorkerApi, FromWorker, LoadOptions, ToWorker } from "./messages.ts";
import { SharedAnswerReader } from "./shared-answer.ts";
import type { WorkerPort } from "./worker-port.ts";

/** The code of an actor's worker: holds one guest instance and serves the calls of the host at the other end. */
class ActorWorker implements ActorWorkerApi {
  readonly #port: WorkerPort;
  #module: WebAssembly.Module | undefined;
  #options: LoadOptions | undefined;
  #guest: GuestInstance | undefined;
  #answer: ((answer: HostCallAnswer) => void) | undefined;

  constructor(port: WorkerPort) {
    this.#port = port;
  }

  async probe(): Promise<HostCallStrategyName[]> {
    const found: HostCallStrategyName[] = [];
    if (await probeJspi()) found.push("jspi");
    if (probeSharedMemory()) found.push("shared-memory");
    return [...found, "none"];
  }

  async load(module: WebAssembly.Module, options: LoadOptions): Promise<ErrorRecord | undefined> {
    this.#module = module;
    this.#options = options;
    try {
      this.#guest = await this.#instantiate();
      return undefined;
    } catch (error) {
      return toErrorRecord(error);
    }
  }

  receive(message: ToWorker): void {
    if (message.wl === "call") void this.#call(message.call, message.operation, message.payload);
    else this.#answer?.(message);
  }

  async #call(call: number, operation: string, payload: Uint8Array): Promise<void> {
    try {
      this.#guest ??= await this.#instantiate();
      const response = await this.#guest.call(operation, payload);
      this.#send({ wl: "done", call, payload: response }, [response.buffer]);
    } catch (error) {
      const replaced = this.#guest?.broken ?? true;
      if (replaced) this.#guest = undefined;
      this.#send({ wl: "failed", call, error: toErrorRecord(error), replaced });
    }
  }

  async #instantiate(): Promise<GuestInstance> {
    if (this.#module === undefined || this.#options === undefined)
      throw new HostError("internal", "No module loaded");
    return GuestInstance.start(this.#module, {
      strategy: this.#strategy(this.#options),
      log: (text) => this.#send({ wl: "log", text }),
      maxPayloadBytes: this.#options.maxPayloadBytes,
    });
  }

  #strategy(options: LoadOptions): HostCallStrategy {
    if (options.strategy === "jspi") return jspiStrategy((request) => this.#hostCall(request));
    if (options.strategy === "none" || options.shared === undefined) return noStrategy();
    const reader = new SharedAnswerReader(options.shared);
    return blockingStrategy((request) => {
      reader.prepare();
      this.#sendHostCall(request);
      return reader.read(() => this.#send({ wl: "more" }), options.hostCallTimeoutMs);
    });
  }

  #hostCall(request: HostCallRequest): Promise<HostCallAnswer> {
    return new Promise((resolve) => {
      this.#answer = resolve;
      this.#sendHostCall(request);
    });
  }

  #sendHostCall(request: HostCallRequest): void {
    this.#send({ wl: "host-call", ...request }, [request.payload.buffer]);
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
    if (message.wl !== undefined) worker.receive(message);
  });
  expose(worker, port as unknown as Endpoint);
}
