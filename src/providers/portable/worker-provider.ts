import type { ActorWorkerHandle } from "../../actors/index.ts";
import { exactBytes } from "../../bytes/index.ts";
import { asHostError, fromErrorRecord, HostError, messageOf } from "../../errors/index.ts";
import { within } from "../../time/index.ts";
import type { ProviderDispatcher } from "../capability-provider.ts";
import { AuthorityDesk } from "./authority-desk.ts";
import { PendingCalls } from "./pending-calls.ts";
import {
  ERROR_TEXT_LIMIT,
  type FromProviderWorker,
  type ParsedProviderMessage,
  parseProviderMessage,
  type ToProviderWorker,
} from "./provider-messages.ts";
import {
  DEFAULT_PROVIDER_LIMITS,
  type PortableProvider,
  type ProviderLimits,
  type ProviderStartOptions,
} from "./provider-runtime.ts";
import { Signal } from "./signal.ts";

/** A provider in a worker of its own, as the host sees it. Whatever the worker does, every call is settled. */
export class WorkerProvider implements PortableProvider {
  readonly #handle: ActorWorkerHandle;
  readonly #options: ProviderStartOptions & Required<ProviderLimits>;
  readonly #calls: PendingCalls;
  readonly #desk: AuthorityDesk;
  readonly #dispatcher = new Signal<ProviderDispatcher["dispatch"]>();
  readonly #started = new Signal<void>();
  readonly #stopped = new Signal<void>();
  #dispatch: ProviderDispatcher["dispatch"] | undefined;
  #dispatches = 0;
  #pingTimer: number | undefined;
  #isStarted = false;
  #stopping: Promise<void> | undefined;
  #ended: HostError | undefined;

  constructor(handle: ActorWorkerHandle, options: ProviderStartOptions) {
    this.#handle = handle;
    this.#options = { ...DEFAULT_PROVIDER_LIMITS, ...options };
    this.#calls = new PendingCalls({ ...this.#options, onLate: () => this.#ping() });
    this.#desk = new AuthorityDesk({
      ...this.#options,
      services: options.services,
      post: (message) => this.#post(message),
    });
    if (options.dispatch !== undefined) this.#useDispatcher(options.dispatch);
    handle.addEventListener("message", this.#receive);
    handle.onFailure((reason) => {
      this.#fail(
        "provider.worker_failed",
        `The worker of provider ${options.name} failed: ${reason.message}`,
      );
    });
  }

  get ended(): HostError | undefined {
    return this.#ended;
  }

  /** Hands the worker its module. @throws HostError as `ProviderRuntime.start`; the worker is gone then. */
  async start(module: Uint8Array): Promise<void> {
    const { startMs, maxPayloadBytes, name } = this.#options;
    const late = (): HostError =>
      new HostError("provider.deadline", `Provider ${name} did not start within ${startMs} ms`);
    try {
      this.#post({ kind: "start", module: exactBytes(module), maxPayloadBytes });
      await within(this.#started.promise, startMs, late);
      this.#isStarted = true;
    } catch (error) {
      const reason = asHostError(error, "provider.worker_failed");
      this.#end(reason);
      throw reason;
    }
  }

  configureDispatch(dispatcher: ProviderDispatcher): void {
    this.#useDispatcher((...call) => dispatcher.dispatch(...call));
  }

  async handleCall(origin: string, operation: string, payload: Uint8Array): Promise<Uint8Array> {
    if (this.#ended !== undefined) throw this.#ended;
    if (this.#stopping !== undefined) throw this.#wasStopped();
    return this.#calls.add(operation, payload, (call) =>
      this.#post({ kind: "call", call, actor: origin, operation, payload: exactBytes(payload) }),
    );
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async #stop(): Promise<void> {
    if (this.#ended !== undefined) return;
    this.#post({ kind: "stop" });
    try {
      await within(this.#stopped.promise, this.#options.stopMs, () => this.#wasStopped());
    } catch {
      // Too slow, or gone already: it ends all the same.
    }
    this.#end(this.#wasStopped());
  }

  #wasStopped(): HostError {
    return new HostError("provider.not_running", `Provider ${this.#options.name} was stopped`);
  }

  #useDispatcher(dispatch: ProviderDispatcher["dispatch"]): void {
    this.#dispatch = dispatch;
    this.#dispatcher.resolve(dispatch);
  }

  readonly #receive = (event: MessageEvent): void => {
    if (this.#ended !== undefined) return;
    const message = parseProviderMessage(event.data);
    if (message === undefined) this.#breach("a message that makes no sense");
    else this.#take(message);
  };

  #take(message: ParsedProviderMessage): void {
    switch (message.kind) {
      case "started":
        this.#started.resolve();
        break;
      case "not-started":
        this.#started.reject(fromErrorRecord(message.error));
        break;
      case "done":
        if (!this.#calls.done(message.call, message.payload)) this.#breach("an answer to no call");
        break;
      case "failed":
        if (!this.#calls.failed(message.call, fromErrorRecord(message.error)))
          this.#breach("an answer to no call");
        break;
      case "dispatch":
        void this.#forward(message);
        break;
      case "ask":
        void this.#desk.take(message.ask, message.request);
        break;
      case "taken":
        this.#desk.taken(message.socket, message.bytes);
        break;
      case "pong":
        clearTimeout(this.#pingTimer);
        this.#pingTimer = undefined;
        break;
      case "stopped":
        this.#stopped.resolve();
        break;
      case "log":
        this.#options.onLog?.(message.text);
        break;
    }
  }

  async #forward({
    dispatch,
    actor,
    operation,
    payload,
  }: FromProviderWorker & { kind: "dispatch" }): Promise<void> {
    const { dispatchMs, maxPayloadBytes, maxPending } = this.#options;
    if (payload.length > maxPayloadBytes) return this.#breach("a payload over the limit");
    let reply: ToProviderWorker;
    this.#dispatches += 1;
    try {
      if (this.#dispatches > maxPending)
        throw new Error(`More than ${maxPending} calls of the provider wait`);
      const late = (): HostError =>
        new HostError(
          "provider.deadline",
          `Actor ${actor} did not answer ${operation} within ${dispatchMs} ms`,
        );
      const answer = await within(this.#callActor(actor, operation, payload), dispatchMs, late);
      if (answer.length > maxPayloadBytes) throw new Error(`The answer is over ${maxPayloadBytes} bytes`);
      reply = { kind: "answer", dispatch, payload: exactBytes(answer) };
    } catch (error) {
      reply = { kind: "refusal", dispatch, message: messageOf(error).slice(0, ERROR_TEXT_LIMIT) };
    }
    this.#dispatches -= 1;
    this.#post(reply);
  }

  async #callActor(actor: string, operation: string, payload: Uint8Array): Promise<Uint8Array> {
    const dispatch = this.#dispatch ?? (await this.#dispatcher.promise);
    return dispatch(actor, operation, payload);
  }

  /** A provider that is late may be waiting, or stuck: the latter answers no ping. */
  #ping(): void {
    if (this.#ended !== undefined || this.#pingTimer !== undefined) return;
    this.#post({ kind: "ping" });
    this.#pingTimer = setTimeout(() => {
      this.#fail("provider.deadline", `Provider ${this.#options.name} was stuck and has been ended`);
    }, this.#options.pingMs);
  }

  #breach(what: string): void {
    this.#fail("provider.worker_failed", `The worker of provider ${this.#options.name} sent ${what}`);
  }

  #fail(code: "provider.worker_failed" | "provider.deadline", message: string): void {
    if (this.#ended !== undefined) return;
    const error = new HostError(code, message, { hint: "Start the provider again, or ask its vendor." });
    this.#end(error);
    if (this.#isStarted && this.#stopping === undefined) this.#options.onFailure(error);
  }

  #post(message: ToProviderWorker): void {
    if (this.#ended === undefined) this.#handle.postMessage(message);
  }

  #end(reason: HostError): void {
    if (this.#ended !== undefined) return;
    this.#ended = reason;
    clearTimeout(this.#pingTimer);
    this.#handle.removeEventListener("message", this.#receive);
    this.#handle.terminate();
    this.#started.reject(reason);
    this.#stopped.reject(reason);
    this.#dispatcher.reject(reason);
    this.#calls.end(reason);
    this.#desk.close();
  }
}
