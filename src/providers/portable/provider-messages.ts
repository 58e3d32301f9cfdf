import * as v from "valibot";
import { isExact } from "../../bytes/index.ts";
import type { ErrorCode, ErrorRecord } from "../../errors/index.ts";
import type { AuthorityRequest, SocketNews } from "./authority-messages.ts";

/** What the host tells a provider's worker. Calls and dispatches are numbered from 1 by who makes them. */
export type ToProviderWorker =
  | { readonly kind: "start"; readonly module: Uint8Array<ArrayBuffer>; readonly maxPayloadBytes: number }
  | {
      readonly kind: "call";
      readonly call: number;
      readonly actor: string;
      readonly operation: string;
      readonly payload: Uint8Array<ArrayBuffer>;
    }
  | { readonly kind: "answer"; readonly dispatch: number; readonly payload: Uint8Array<ArrayBuffer> }
  | { readonly kind: "refusal"; readonly dispatch: number; readonly message: string }
  | { readonly kind: "given"; readonly ask: number; readonly value: unknown }
  | { readonly kind: "denied"; readonly ask: number; readonly message: string; readonly code: ErrorCode }
  | { readonly kind: "socket"; readonly socket: number; readonly news: SocketNews }
  | { readonly kind: "ping" }
  | { readonly kind: "stop" };

/** What a provider's worker tells the host. Asks are numbered from 1. */
export type FromProviderWorker =
  | { readonly kind: "started" }
  | { readonly kind: "not-started"; readonly error: ErrorRecord }
  | { readonly kind: "done"; readonly call: number; readonly payload: Uint8Array<ArrayBuffer> }
  | { readonly kind: "failed"; readonly call: number; readonly error: ErrorRecord }
  | {
      readonly kind: "dispatch";
      readonly dispatch: number;
      readonly actor: string;
      readonly operation: string;
      readonly payload: Uint8Array<ArrayBuffer>;
    }
  /** The request is the provider's own doing: it is checked where it is answered. */
  | { readonly kind: "ask"; readonly ask: number; readonly request: AuthorityRequest }
  | { readonly kind: "taken"; readonly socket: number; readonly bytes: number }
  | { readonly kind: "pong" }
  | { readonly kind: "stopped" }
  | { readonly kind: "log"; readonly text: string };

/** The longest error text that leaves a worker, in characters. */
export const ERROR_TEXT_LIMIT = 4_096;
/** The longest line of log that leaves a worker, in characters. */
export const LOG_TEXT_LIMIT = 10_240;
const NAME_LIMIT = 4_096;

const number = v.pipe(v.number(), v.safeInteger(), v.minValue(1));
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const name = v.pipe(v.string(), v.maxLength(NAME_LIMIT));
const bytes = v.custom<Uint8Array<ArrayBuffer>>(isExact);
// Foreign code shares the worker: it may pose as the worker's own code, but not claim errors of the host.
const error = v.object({
  code: v.picklist(["provider.failure", "provider.start_failed", "input.too_large"]),
  message: v.pipe(v.string(), v.maxLength(ERROR_TEXT_LIMIT)),
  hint: v.exactOptional(v.pipe(v.string(), v.maxLength(ERROR_TEXT_LIMIT))),
  details: v.object({}),
});
const messageSchema = v.variant("kind", [
  v.object({ kind: v.literal("started") }),
  v.object({ kind: v.literal("not-started"), error }),
  v.object({ kind: v.literal("done"), call: number, payload: bytes }),
  v.object({ kind: v.literal("failed"), call: number, error }),
  v.object({ kind: v.literal("dispatch"), dispatch: number, actor: name, operation: name, payload: bytes }),
  v.object({ kind: v.literal("ask"), ask: number, request: v.unknown() }),
  v.object({ kind: v.literal("taken"), socket: number, bytes: count }),
  v.object({ kind: v.literal("pong") }),
  v.object({ kind: v.literal("stopped") }),
  v.object({ kind: v.literal("log"), text: v.pipe(v.string(), v.maxLength(LOG_TEXT_LIMIT)) }),
]);

/** A message as far as it is checked here: what is asked for is not. */
export type ParsedProviderMessage =
  | Exclude<FromProviderWorker, { readonly kind: "ask" }>
  | { readonly kind: "ask"; readonly ask: number; readonly request: unknown };

/** What a worker said, or undefined for what makes no sense. */
export function parseProviderMessage(data: unknown): ParsedProviderMessage | undefined {
  const result = v.safeParse(messageSchema, data, { abortEarly: true });
  return result.success ? result.output : undefined;
}
