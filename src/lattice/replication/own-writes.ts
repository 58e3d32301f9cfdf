import type { CacheEvent } from "../cache-event.ts";
import { scopeOf, textOf } from "./event-scope.ts";

interface Sent {
  readonly event: CacheEvent;
  readonly at: number;
  /** Echoes still to come. */
  outstanding: number;
}

/** Bounds of {@link OwnWrites}. */
export interface OwnWritesOptions {
  /** Events kept for lack of a connection; the oldest goes when there are more. */
  readonly maxUnsent: number;
  /** Milliseconds after which an echo is no longer expected. */
  readonly echoMs: number;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/**
 * The changes of this cache that the others do not have yet, for all it knows. The server's echo tells when a change
 * took its place among those of others: what others did before that is older and must not undo it.
 */
export class OwnWrites {
  readonly #options: OwnWritesOptions;
  readonly #unsent = new Map<string, CacheEvent>();
  readonly #sent = new Map<string, Sent>();

  constructor(options: OwnWritesOptions) {
    this.#options = options;
  }

  get unsent(): number {
    return this.#unsent.size;
  }

  /** Keeps an event until it can be sent. @returns the event given up for it, if there was no room. */
  keep(event: CacheEvent): CacheEvent | undefined {
    const scope = scopeOf(event) ?? textOf(event);
    this.#unsent.delete(scope);
    this.#unsent.set(scope, event);
    if (this.#unsent.size <= this.#options.maxUnsent) return undefined;
    const [oldest] = this.#unsent;
    if (oldest === undefined) return undefined;
    this.#unsent.delete(oldest[0]);
    return oldest[1];
  }

  /** The event to send next; it stays until {@link sent} or {@link giveUp} is called for it. */
  next(): CacheEvent | undefined {
    for (const event of this.#unsent.values()) return event;
    return undefined;
  }

  giveUp(event: CacheEvent): void {
    const scope = scopeOf(event) ?? textOf(event);
    if (this.#unsent.get(scope) === event) this.#unsent.delete(scope);
  }

  /** Notes that an event is on its way. */
  sent(event: CacheEvent): void {
    this.giveUp(event);
    const scope = scopeOf(event) ?? textOf(event);
    const outstanding = (this.#sent.get(scope)?.outstanding ?? 0) + 1;
    this.#sent.set(scope, { event, at: this.#options.now(), outstanding });
  }

  /** Notes that one of our events came back. */
  echoed(event: CacheEvent): void {
    const scope = scopeOf(event) ?? textOf(event);
    const sent = this.#sent.get(scope);
    if (sent === undefined) return;
    sent.outstanding--;
    if (sent.outstanding <= 0) this.#sent.delete(scope);
  }

  /**
   * Whether an event of others is older than ours about the same. What is not sent yet counts as sent, but for
   * aliases: those are for the first who came.
   *
   * @param isFirstCome - whether it is about an alias.
   */
  isOutdated(event: CacheEvent, isFirstCome: boolean): boolean {
    const scope = scopeOf(event);
    if (scope === undefined) return false;
    if (this.#unsent.has(scope)) return !isFirstCome;
    const sent = this.#sent.get(scope);
    return sent !== undefined && sent.at + this.#options.echoMs > this.#options.now();
  }

  /** Notes that others have an event: it need not be sent. */
  isKnownToOthers(event: CacheEvent): void {
    const scope = scopeOf(event);
    const unsent = scope === undefined ? undefined : this.#unsent.get(scope);
    if (unsent !== undefined && textOf(unsent) === textOf(event)) this.giveUp(unsent);
  }

  /** The connection is gone: what has not come back may be lost, and is to be sent again. */
  disconnected(): void {
    const later = [...this.#unsent.values()];
    this.#unsent.clear();
    for (const { event } of this.#sent.values()) this.keep(event);
    this.#sent.clear();
    for (const event of later) this.keep(event);
  }

  /** Forgets those whose echo is not expected any more, and answers them. */
  takeExpired(): CacheEvent[] {
    const limit = this.#options.now() - this.#options.echoMs;
    const expired: CacheEvent[] = [];
    for (const [scope, { event, at }] of this.#sent) {
      if (at > limit) continue;
      this.#sent.delete(scope);
      expired.push(event);
    }
    return expired;
  }
}
