export type { ErrorCode } from "./codes.ts";
export { type ErrorRecord, fromErrorRecord, toErrorRecord } from "./error-record.ts";
export { asHostError, type ErrorDetails, HostError, type HostErrorOptions, messageOf } from "./host-error.ts";
