import type { EngineOutcome } from "../outcome.ts";

/** What a page says when the suite is over. */
export interface PageReport {
  readonly userAgent: string;
  readonly isolated: boolean;
  readonly outcome?: EngineOutcome;
  /** Why there is no outcome. */
  readonly failure?: string;
}
