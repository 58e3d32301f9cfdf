import { HostError } from "../errors/index.ts";
import type { Codec } from "./codec.ts";

/** An operation: what is asked and what is answered. */
export interface Exchange<Request, Reply> {
  readonly request: Codec<Request>;
  readonly reply: Codec<Reply>;
}

/** Operations by their names. */
export type Exchanges = Readonly<Record<string, Exchange<unknown, unknown>>>;

/** For contracts that have no operations in one direction. */
export type NoExchanges = Readonly<Record<never, never>>;

/** What providers and actors agreed on: see section 7 of the contracts document. */
export interface Contract<Calls extends Exchanges, Deliveries extends Exchanges> {
  /** Such as `wasmcloud:keyvalue`. */
  readonly id: string;
  /** Operations that actors call. */
  readonly calls: Calls;
  /** Operations of the actor that the provider calls. */
  readonly deliveries: Deliveries;
}

/** What an operation is asked. */
export type RequestOf<T> = T extends Exchange<infer Request, unknown> ? Request : never;
/** What an operation answers. */
export type ReplyOf<T> = T extends { readonly reply: Codec<infer Reply> } ? Reply : never;

/** One function for each operation that actors call. A thrown error's text reaches the actor. */
export type CallHandlers<Calls extends Exchanges, Context> = {
  readonly [Operation in keyof Calls]: (
    request: RequestOf<Calls[Operation]>,
    context: Context,
  ) => ReplyOf<Calls[Operation]> | Promise<ReplyOf<Calls[Operation]>>;
};

/**
 * The operation of a contract, by name.
 *
 * @throws HostError `provider.unknown_operation` with the text `bad dispatch`.
 */
export function exchangeOf(exchanges: Exchanges, operation: string): Exchange<unknown, unknown> {
  const exchange = Object.hasOwn(exchanges, operation) ? exchanges[operation] : undefined;
  if (exchange !== undefined) return exchange;
  throw new HostError("provider.unknown_operation", "bad dispatch");
}

/**
 * Decodes a call, has it handled, and encodes the answer.
 *
 * @throws HostError `provider.unknown_operation` with the text `bad dispatch`, `provider.bad_request`, or what the
 *   handler throws.
 */
export async function answerCall<Calls extends Exchanges, Context>(
  calls: Calls,
  handlers: CallHandlers<Calls, Context>,
  call: { readonly operation: string; readonly payload: Uint8Array; readonly context: Context },
): Promise<Uint8Array> {
  const exchange = exchangeOf(calls, call.operation);
  const handle = handlers[call.operation as keyof Calls] as (request: unknown, context: Context) => unknown;
  return exchange.reply.encode(await handle(exchange.request.decode(call.payload), call.context));
}
