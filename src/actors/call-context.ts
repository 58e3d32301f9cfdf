/** What a call takes with it on its way through actors on this host. */
export interface CallContext {
  /** Keys of the actors that wait for this call, outermost first. */
  readonly chain: readonly string[];
  /** Milliseconds since the epoch by which the caller wants its answer. */
  readonly deadline: number;
  /** Milliseconds the call may wait for its turn; absent: until the deadline. */
  readonly maxWaitMs?: number;
}
