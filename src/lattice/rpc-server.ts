import type { Entity, Invocation } from "../claims/index.ts";
import { HostError, messageOf } from "../errors/index.ts";
import { isDoneWithin, within } from "../time/index.ts";
import type { LatticeMessage, LatticeSubscription } from "./connection.ts";
import { InboundGuard } from "./inbound-guard.ts";
import type { ResolvedRpcOptions } from "./rpc-options.ts";
import { queueGroupOf } from "./subjects.ts";
import { decodeInvocation, peekInvocationId } from "./wire/invocation-codec.ts";
import { DEFAULT_WIRE_LIMITS } from "./wire/limits.ts";
import { encodeInvocationResponse, type InvocationResponse } from "./wire/response-codec.ts";

/** Executes an invocation and answers its result. The text of what it throws is what the caller gets as error. */
export type InvocationHandler = (invocation: Invocation) => Promise<Uint8Array>;

/** Longer error texts are cut: they share the reply with nothing, but the reply is bounded. */
const MAX_ERROR_CHARS = 10_000;
const NOTHING = new Uint8Array(0);

/** Answers calls from the lattice. Protocol sections 4.5 to 4.9. */
export class RpcServer {
  readonly #options: ResolvedRpcOptions;
  readonly #guard: InboundGuard;
  readonly #running = new Set<Promise<void>>();

  constructor(options: ResolvedRpcOptions) {
    this.#options = options;
    this.#guard = new InboundGuard(options);
  }

  serve(served: Entity, handler: InvocationHandler): LatticeSubscription {
    const { connection, subjects } = this.#options;
    const subject =
      served.kind === "actor" ? subjects.actor(served.id) : subjects.provider(served.id, served.linkName);
    return connection.subscribe(subject, {
      queue: queueGroupOf(subject),
      onMessage: (message) => this.#receive(message, served, handler),
    });
  }

  /** Waits, within a deadline, until all calls are answered. */
  async drain(): Promise<void> {
    await isDoneWithin(Promise.allSettled(this.#running), this.#options.drainMs);
  }

  async #receive(message: LatticeMessage, served: Entity, handler: InvocationHandler): Promise<void> {
    const { faults, maxInFlight } = this.#options;
    if (message.reply === undefined) {
      const error = new HostError(
        "lattice.transport",
        "An invocation without a reply subject was not executed",
      );
      faults.report("rpc_without_reply", error, { subject: message.subject });
      return;
    }
    if (this.#running.size >= maxInFlight) {
      const error = new HostError(
        "lattice.overloaded",
        `This host is working on ${maxInFlight} calls already`,
      );
      faults.report("rpc_overloaded", error, { subject: message.subject });
      this.#answer(message, failure(error, peekInvocationId(message.data)));
      return;
    }
    const running = this.#execute(message, served, handler).then((response) =>
      this.#answer(message, response),
    );
    this.#running.add(running);
    try {
      await running;
    } finally {
      this.#running.delete(running);
    }
  }

  async #execute(
    message: LatticeMessage,
    served: Entity,
    handler: InvocationHandler,
  ): Promise<InvocationResponse> {
    const { connection, faults } = this.#options;
    let invocation: Invocation;
    try {
      const limits = { ...DEFAULT_WIRE_LIMITS, maxMessageBytes: connection.maxPayload };
      invocation = decodeInvocation(message.data, limits);
    } catch (error) {
      faults.report("rpc_undecodable", error, { subject: message.subject });
      return failure(error, peekInvocationId(message.data));
    }
    try {
      await this.#guard.admit(invocation, served);
    } catch (error) {
      faults.report("rpc_refused", error, { subject: message.subject });
      return failure(error, invocation.id);
    }
    try {
      return { payload: await this.#handle(invocation, handler), invocationId: invocation.id };
    } catch (error) {
      // Whoever handles calls knows of its failures.
      return failure(error, invocation.id);
    }
  }

  async #handle(invocation: Invocation, handler: InvocationHandler): Promise<Uint8Array> {
    const { handlerTimeoutMs } = this.#options;
    return within(
      handler(invocation),
      handlerTimeoutMs,
      () => new HostError("lattice.timeout", `The call was not answered within ${handlerTimeoutMs} ms`),
    );
  }

  #answer(message: LatticeMessage, response: InvocationResponse): void {
    try {
      message.respond(encodeInvocationResponse(response));
    } catch (error) {
      this.#options.faults.report("rpc_unanswered", error, { subject: message.subject });
      // An answer that is too large can still be answered with that fact.
      const isTooLarge = error instanceof HostError && error.code === "lattice.payload_too_large";
      if (isTooLarge && response.error === undefined) {
        this.#answer(message, failure(error, response.invocationId));
      }
    }
  }
}

function failure(error: unknown, invocationId: string): InvocationResponse {
  return { payload: NOTHING, error: messageOf(error).slice(0, MAX_ERROR_CHARS), invocationId };
}
