import type { ErrorCode } from "./codes.ts";
import { asHostError, type ErrorDetails, HostError } from "./host-error.ts";

/** A {@link HostError} as plain data, for borders that drop error fields (workers, JSON). */
export interface ErrorRecord {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint?: string;
  readonly details: ErrorDetails;
  readonly cause?: string;
}

/** Plain data of anything thrown. The cause is kept as its text. */
export function toErrorRecord(error: unknown): ErrorRecord {
  const known = asHostError(error);
  return {
    code: known.code,
    message: known.message,
    ...(known.hint === undefined ? {} : { hint: known.hint }),
    details: known.details,
    ...(known.cause === undefined ? {} : { cause: String(known.cause) }),
  };
}

/** The error again, on the other side of the border. Trusts its input: both sides of these borders are ours. */
export function fromErrorRecord(record: ErrorRecord): HostError {
  return new HostError(record.code, record.message, {
    ...(record.hint === undefined ? {} : { hint: record.hint }),
    details: record.details,
    ...(record.cause === undefined ? {} : { cause: record.cause }),
  });
}
