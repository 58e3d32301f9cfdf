/** What a call takes with it on its way through actors on this host. */
export interface CallContext {
  /** Keys of the actors that wait for this call, outermost first. */
  readonly chain: readonly string[];
  /** Milliseconds since the epoch by which the caller wants its answer. */
  readonly deadline: number;
  /** Milliseconds the call may wait for its turn; absent: until the deadline. */
  readonly maxWaitMs?: number;
}

/**
 * By how much a call that another call waits for ends earlier, so that the waiting one can still answer: a part of the
 * time there is, within bounds in milliseconds.
 */
const NESTING_MARGIN = { part: 0.2, least: 100, most: 1_000 } as const;

/**
 * The context of what an actor calls while it serves a call.
 *
 * @param times - when that call began, and when it has to end; milliseconds since the epoch.
 */
export function nestedContext(
  { chain }: CallContext,
  actor: string,
  { began, deadline }: { readonly began: number; readonly deadline: number },
): CallContext {
  const { part, least, most } = NESTING_MARGIN;
  const margin = Math.min(Math.max((deadline - began) * part, least), most);
  return { chain: [...chain, actor], deadline: deadline - margin };
}
