import type { EngineOutcome } from "../outcome.ts";

/** What a page says when the suite is over. */
export interface PageReport {
  readonly userAgent: string;
  readonly isolated: boolean;
  readonly outcome?: EngineOutcome;
  /** Why there is no outcome. */
  readonly failure?: string;
}

/** Servers that the suites of providers need. */
export interface SuiteServers {
  /** Of the one that the demands on HTTP clients describe. */
  readonly origin: string;
  /** WebSocket listener of a nats-server with JetStream. */
  readonly servers: string;
}
