import type { ActorWorkerHandle } from "../../actors/index.ts";
import { asHostError, HostError } from "../../errors/index.ts";
import { within } from "../../time/index.ts";
import { Signal } from "../portable/signal.ts";
import {
  type FromGraphWorker,
  type GraphImage,
  type GraphWorkerLimits,
  parseGraphMessage,
  type ToGraphWorker,
} from "./graph-messages.ts";

/** What a {@link GraphSession} is opened with. */
export interface GraphSessionOptions extends GraphWorkerLimits {
  readonly image: GraphImage | undefined;
  readonly openMs: number;
}

/** What a query came to. */
export type GraphAnswer = Extract<FromGraphWorker, { kind: "rows" | "refused" }>;

/** A graph that is open in a worker of its own. Whatever the worker does, every query is settled in time. */
export class GraphSession {
  readonly #handle: ActorWorkerHandle;
  #answer = new Signal<FromGraphWorker>();
  #ended: HostError | undefined;

  private constructor(handle: ActorWorkerHandle) {
    this.#handle = handle;
    handle.addEventListener("message", this.#receive);
    handle.onFailure((reason) => this.#end(failure(`The worker of the graph failed: ${reason.message}`)));
  }

  /** @throws HostError `provider.deadline` or `provider.worker_failed`. The worker is gone then. */
  static async open(handle: ActorWorkerHandle, options: GraphSessionOptions): Promise<GraphSession> {
    const { image, openMs, maxRows, maxResultBytes, maxMemoryBytes } = options;
    const session = new GraphSession(handle);
    const limits = { maxRows, maxResultBytes, maxMemoryBytes };
    const answer = await session.#ask(
      { kind: "open", image, limits },
      openMs,
      `The graph did not open within ${openMs} ms`,
    );
    if (answer.kind !== "opened") throw session.#breach();
    return session;
  }

  /** Whether the worker is gone, with all that was not kept. */
  get isEnded(): boolean {
    return this.#ended !== undefined;
  }

  /**
   * Runs a query. One at a time.
   *
   * @throws HostError `provider.deadline` or `provider.worker_failed`. The worker is gone then.
   */
  async query(query: string, deadlineMs: number): Promise<GraphAnswer> {
    const answer = await this.#ask(
      { kind: "query", query },
      deadlineMs,
      `The query was ended after ${deadlineMs} ms; nothing of it was kept`,
    );
    if (answer.kind === "rows" || answer.kind === "refused") return answer;
    throw this.#breach();
  }

  /** Twice is fine. */
  close(): void {
    this.#end(failure("The graph was closed"));
  }

  async #ask(message: ToGraphWorker, deadlineMs: number, late: string): Promise<FromGraphWorker> {
    if (this.#ended !== undefined) throw this.#ended;
    this.#answer = new Signal();
    this.#handle.postMessage(message);
    try {
      return await within(this.#answer.promise, deadlineMs, () => new HostError("provider.deadline", late));
    } catch (error) {
      const reason = asHostError(error, "provider.worker_failed");
      this.#end(reason);
      throw reason;
    }
  }

  readonly #receive = (event: MessageEvent): void => {
    const message = parseGraphMessage(event.data);
    if (message === undefined)
      this.#end(failure("The worker of the graph sent a message that makes no sense"));
    else if (message.kind === "broken") this.#end(failure(message.reason));
    else this.#answer.resolve(message);
  };

  #breach(): HostError {
    const reason = failure("The worker of the graph sent an answer to another question");
    this.#end(reason);
    return reason;
  }

  #end(reason: HostError): void {
    if (this.#ended !== undefined) return;
    this.#ended = reason;
    this.#handle.removeEventListener("message", this.#receive);
    this.#handle.terminate();
    this.#answer.reject(reason);
  }
}

function failure(message: string): HostError {
  return new HostError("provider.worker_failed", message);
}
