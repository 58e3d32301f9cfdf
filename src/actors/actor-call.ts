import type { HostError } from "../errors/index.ts";
import type { HostCallAnswer, HostCallRequest } from "../wapc/index.ts";
import type { PlacedCall } from "./actor-runtime.ts";
import type { CallContext } from "./call-context.ts";
import type { QueuedCall } from "./call-queue.ts";

/** Bytes of payload up to which a call is sent to a busy instance: a larger one gains nothing and has to be copied. */
const AHEAD_BYTES = 8 * 1024;

/** Who is told what becomes of a call that an instance was given. */
export interface CallKeeper {
  hostCall(call: ActorCall, request: HostCallRequest): Promise<HostCallAnswer>;
  answered(call: ActorCall, payload: Uint8Array): void;
  failed(call: ActorCall, error: HostError): void;
  notBegun(call: ActorCall): void;
  /** Takes back a call that was not begun. @returns whether that was still possible. */
  withdraw(call: ActorCall): boolean;
}

/** What a call is made of. */
export interface ActorCallOptions {
  readonly operation: string;
  readonly payload: Uint8Array;
  readonly context: CallContext;
  readonly maxWaitMs: number;
  readonly resolve: (payload: Uint8Array) => void;
  readonly reject: (error: HostError) => void;
}

/** A call on its way through an actor. */
export class ActorCall implements QueuedCall, PlacedCall {
  readonly operation: string;
  readonly payload: Uint8Array;
  readonly context: CallContext;
  readonly maxWaitMs: number;
  readonly resolve: (payload: Uint8Array) => void;
  readonly reject: (error: HostError) => void;
  turn = 0;
  startBy = 0;
  /** The slot that has it; undefined while it waits. */
  keeper: CallKeeper | undefined = undefined;

  constructor({ operation, payload, context, maxWaitMs, resolve, reject }: ActorCallOptions) {
    this.operation = operation;
    this.payload = payload;
    this.context = context;
    this.maxWaitMs = maxWaitMs;
    this.resolve = resolve;
    this.reject = reject;
  }

  /** Small enough to be sent to an instance that is busy. */
  get maySendAhead(): boolean {
    return this.payload.length <= AHEAD_BYTES;
  }

  async hostCall(request: HostCallRequest): Promise<HostCallAnswer> {
    if (this.keeper === undefined) return { ok: false, message: "The call is over" };
    return this.keeper.hostCall(this, request);
  }

  answered(payload: Uint8Array): void {
    this.keeper?.answered(this, payload);
  }

  failed(error: HostError): void {
    this.keeper?.failed(this, error);
  }

  notBegun(): void {
    this.keeper?.notBegun(this);
  }

  withdraw(): boolean {
    return this.keeper?.withdraw(this) ?? false;
  }
}
