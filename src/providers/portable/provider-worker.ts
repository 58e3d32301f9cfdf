import type { WorkerPort } from "../../actors/index.ts";
import { exactBytes } from "../../bytes/index.ts";
import { type ErrorCode, HostError, toErrorRecord } from "../../errors/index.ts";
import { answerBytes, makeProvider, type PortableHandlers } from "./portable-module.ts";
import { logText, providerConsole, textOf } from "./provider-console.ts";
import { ERROR_TEXT_LIMIT, type FromProviderWorker, type ToProviderWorker } from "./provider-messages.ts";
import { WorkerServices } from "./worker-services.ts";

/**
 * Runs the code of an ES module that imports nothing, and gives back its namespace. Must refuse modules that import.
 *
 * @param code - exactly the verified bytes.
 */
export type ImportModule = (code: Uint8Array<ArrayBuffer>) => Promise<unknown>;

interface PendingDispatch {
  resolve(payload: Uint8Array): void;
  reject(error: Error): void;
}

/** The code of a provider's worker: holds one provider and serves the host at the other end. */
class ProviderWorker {
  readonly #port: WorkerPort;
  readonly #importModule: ImportModule;
  readonly #dispatches = new Map<number, PendingDispatch>();
  readonly #services = new WorkerServices((message) => this.send(message));
  #provider: PortableHandlers | undefined;
  #maxPayloadBytes = 0;
  #numbers = 0;

  constructor(port: WorkerPort, importModule: ImportModule) {
    this.#port = port;
    this.#importModule = importModule;
  }

  readonly send = (message: FromProviderWorker): void => this.#port.postMessage(message);

  receive(message: ToProviderWorker): void {
    switch (message.kind) {
      case "start":
        void this.#start(message.module, message.maxPayloadBytes);
        break;
      case "call":
        void this.#call(message);
        break;
      case "answer":
        this.#take(message.dispatch)?.resolve(message.payload);
        break;
      case "refusal":
        this.#take(message.dispatch)?.reject(new Error(message.message));
        break;
      case "given":
      case "denied":
      case "socket":
        this.#services.receive(message);
        break;
      case "ping":
        this.send({ kind: "pong" });
        break;
      case "stop":
        void this.#stop();
        break;
    }
  }

  async #start(module: Uint8Array<ArrayBuffer>, maxPayloadBytes: number): Promise<void> {
    this.#maxPayloadBytes = maxPayloadBytes;
    try {
      const namespace = await this.#importModule(module);
      const dispatch = this.#dispatch.bind(this);
      const host = Object.freeze({ dispatch, ...this.#services.services });
      this.#provider = await makeProvider(namespace, host);
      this.send({ kind: "started" });
    } catch (error) {
      this.send({ kind: "not-started", error: recordOf(error, "provider.start_failed") });
    }
  }

  async #call({ call, actor, operation, payload }: ToProviderWorker & { kind: "call" }): Promise<void> {
    try {
      const answer: unknown = await this.#provider?.handleCall(actor, operation, payload);
      this.send({ kind: "done", call, payload: exactBytes(answerBytes(answer, this.#maxPayloadBytes)) });
    } catch (error) {
      this.send({ kind: "failed", call, error: recordOf(error, "provider.failure") });
    }
  }

  async #dispatch(actor: unknown, operation: unknown, payload: unknown): Promise<Uint8Array> {
    if (typeof actor !== "string" || typeof operation !== "string" || !(payload instanceof Uint8Array)) {
      throw new TypeError("dispatch takes the key of an actor, the name of an operation, and bytes");
    }
    if (payload.length > this.#maxPayloadBytes) {
      throw new RangeError(`A payload of ${payload.length} bytes is over ${this.#maxPayloadBytes}`);
    }
    const dispatch = ++this.#numbers;
    return new Promise((resolve, reject) => {
      this.#dispatches.set(dispatch, { resolve, reject });
      this.send({ kind: "dispatch", dispatch, actor, operation, payload: exactBytes(payload) });
    });
  }

  async #stop(): Promise<void> {
    try {
      await this.#provider?.stop?.();
    } catch (error) {
      this.send({ kind: "log", text: logText([`stop failed: ${textOf(error)}`]) });
    }
    this.send({ kind: "stopped" });
  }

  #take(dispatch: number): PendingDispatch | undefined {
    const pending = this.#dispatches.get(dispatch);
    this.#dispatches.delete(dispatch);
    return pending;
  }
}

/**
 * Turns the current worker into a provider's worker. The adapter's worker script calls it once, after it has removed
 * what a provider must not reach.
 *
 * @returns tells the host a line of log, for what the provider leaves behind: rejections that nobody handles.
 */
export function runProviderWorker(port: WorkerPort, importModule: ImportModule): (data: unknown) => void {
  const worker = new ProviderWorker(port, importModule);
  const log = (text: string): void => worker.send({ kind: "log", text });
  Object.defineProperty(globalThis, "console", { value: providerConsole(log), configurable: true });
  // What comes here is from the host, whose code this is.
  port.addEventListener("message", (event) => worker.receive(event.data as ToProviderWorker));
  return (data) => log(logText([data]));
}

/** An error of the provider as a record. Ours keep their code and hint. */
function recordOf(error: unknown, code: ErrorCode): ReturnType<typeof toErrorRecord> {
  if (error instanceof HostError) return toErrorRecord(error);
  return toErrorRecord(new HostError(code, textOf(error).slice(0, ERROR_TEXT_LIMIT)));
}
