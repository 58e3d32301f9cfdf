import type { ErrorCode } from "./codes.ts";

/** Values a {@link HostError} may carry besides its text. Never secrets: they are logged and shown. */
export type ErrorDetails = Readonly<Record<string, string | number | boolean>>;

/** What a {@link HostError} may be made with besides its code and message. */
export interface HostErrorOptions {
  /** What to do about it, as a sentence for the person who sees the error. */
  readonly hint?: string;
  /** Values that belong to this occurrence. */
  readonly details?: ErrorDetails;
  /** What led to it. */
  readonly cause?: unknown;
}

/**
 * The only error class that leaves this library. Where the protocol fixes a text, `message` is exactly that text,
 * and what a person should do about it is in `hint`.
 */
export class HostError extends Error {
  override readonly name = "HostError";
  /** Stable code, for programs. */
  readonly code: ErrorCode;
  /** What to do about it; absent where the message says it all. */
  readonly hint: string | undefined;
  /** Values of this occurrence. */
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, message: string, options: HostErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
    this.details = options.details ?? {};
  }
}

/** The text of anything thrown, for messages that quote it. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/**
 * Anything thrown as a {@link HostError}: one of ours is returned as it is, anything else becomes the cause of a new
 * one with the given code.
 */
export function asHostError(error: unknown, code: ErrorCode = "internal"): HostError {
  return error instanceof HostError ? error : new HostError(code, messageOf(error), { cause: error });
}
