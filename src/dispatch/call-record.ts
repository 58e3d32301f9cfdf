import type { Entity } from "../claims/index.ts";
import type { ErrorRecord } from "../errors/index.ts";

/** Where a call came from or went: both ends here, answered elsewhere, or asked for by another host. */
export type CallRoute = "local" | "outbound" | "inbound";

/** One finished call, for those who watch. Payloads are not kept, only their sizes. */
export interface CallRecord {
  readonly route: CallRoute;
  readonly origin: Entity;
  readonly target: Entity;
  readonly operation: string;
  /** Milliseconds from acceptance to answer. */
  readonly durationMs: number;
  readonly requestBytes: number;
  /** 0 when it failed. */
  readonly responseBytes: number;
  readonly error?: ErrorRecord;
}
