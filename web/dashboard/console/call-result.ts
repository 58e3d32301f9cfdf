import type { HostError } from "../../../src/errors/index.ts";
import type { CallOutcome } from "../../host-api.ts";
import type { PayloadFormat } from "./payload.ts";

/** A call as it was asked for. */
export interface CallRequest {
  /** An actor's key or call alias. */
  readonly target: string;
  readonly operation: string;
  readonly format: PayloadFormat;
  readonly payload: string;
}

/** A finished call of the console. */
export interface CallResult {
  readonly id: number;
  readonly request: CallRequest;
  /** The target's name at the time. */
  readonly name: string;
  readonly durationMs: number;
  readonly outcome:
    | { readonly ok: true; readonly reply: CallOutcome["reply"] }
    | { readonly ok: false; readonly error: HostError };
}

/** Finished calls that are kept, in memory only. */
export const historyLimit = 10;
