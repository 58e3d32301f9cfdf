import { asHostError, HostError } from "../../errors/index.ts";
import type { CacheChange } from "../cache-change.ts";
import type { CacheEvent } from "../cache-event.ts";
import { claimsJson } from "../claims-order.ts";
import { encodeCacheEventWrapper } from "../wire/cache-event-codec.ts";
import { eventsOf, eventsOfState, meaningOf } from "./cache-keys.ts";
import type { CacheMirror } from "./cache-mirror.ts";
import type { KeyValueState } from "./key-value-state.ts";
import type { OwnWrites } from "./own-writes.ts";
import { PacedSender } from "./paced-sender.ts";
import type { ResolvedReplicationOptions } from "./replication-options.ts";

/** What an {@link EventPublisher} is made of. */
export interface EventPublisherParts {
  readonly options: ResolvedReplicationOptions;
  readonly originId: string;
  readonly state: KeyValueState;
  readonly mirror: CacheMirror;
  readonly own: OwnWrites;
  /** Told of every event that is sent. */
  readonly onSent: (event: CacheEvent) => void;
}

/** Tells the other caches what changes here; what cannot be sent now is sent later. */
export class EventPublisher {
  readonly #parts: EventPublisherParts;
  #isOpen = false;
  #sending: Promise<void> | undefined;

  constructor(parts: EventPublisherParts) {
    this.#parts = parts;
  }

  /** Nothing is sent from now on. */
  hold(): void {
    this.#isOpen = false;
  }

  /** Sends from now on, and what was kept meanwhile. Resolves when that is sent, or cannot be. */
  release(): Promise<void> {
    this.#isOpen = true;
    return this.#sendKept();
  }

  /** Applies and sends the events of a change. Nothing, if the others know all of it. */
  publish(change: CacheChange): void {
    const { state } = this.#parts;
    const events = eventsOf(change);
    if (events.every((event) => state.isDone(event))) return;
    this.#tell(events);
  }

  /** Sends what a key has now, also if the others should know it. */
  repeat(key: string): void {
    this.#tell(eventsOfState(key, this.#parts.state.scalar(key)));
  }

  #tell(events: readonly CacheEvent[]): void {
    const { mirror, own } = this.#parts;
    for (const event of events) {
      mirror.apply(event);
      if (!this.#isOpen || own.unsent > 0) this.#keep(event);
      else this.#trySend(event);
    }
    if (this.#isOpen && own.unsent > 0) void this.#sendKept();
  }

  #trySend(event: CacheEvent): void {
    try {
      this.#send(event);
    } catch (error) {
      if (this.#isTransient(error)) this.#keep(event);
    }
  }

  #keep(event: CacheEvent): void {
    if (this.#parts.own.keep(event) === undefined) return;
    const { maxUnsent } = this.#parts.options;
    const lost = new HostError("lattice.overloaded", `More than ${maxUnsent} changes wait for a connection`);
    this.#parts.options.faults.report("cache_unsent_dropped", lost);
  }

  /** @returns the bytes sent. */
  #send(event: CacheEvent): number {
    const { options, originId, own } = this.#parts;
    const bytes = encodeCacheEventWrapper({ originId, event });
    options.connection.publish(options.eventsSubject, bytes);
    own.sent(event);
    this.#parts.onSent(event);
    return bytes.length;
  }

  #sendKept(): Promise<void> {
    this.#sending ??= this.#sendAllKept().finally(() => {
      this.#sending = undefined;
    });
    return this.#sending;
  }

  async #sendAllKept(): Promise<void> {
    const { own, options } = this.#parts;
    const sender = new PacedSender(options.connection);
    try {
      for (let event = own.next(); event !== undefined && this.#isOpen; event = own.next()) {
        await this.#sendOne(event, sender);
      }
    } catch (error) {
      // The next connection, or the next replay, begins again.
      if (asHostError(error).code !== "lattice.not_connected") options.faults.report("cache_unsent", error);
    }
  }

  async #sendOne(event: CacheEvent, sender: PacedSender): Promise<void> {
    if (this.#isOvertaken(event)) return this.#parts.own.giveUp(event);
    let bytes: number;
    try {
      bytes = this.#send(event);
    } catch (error) {
      if (!this.#isTransient(error)) return this.#parts.own.giveUp(event);
      if (asHostError(error).code !== "lattice.overloaded") throw error;
      return sender.flush();
    }
    await sender.sent(bytes);
  }

  /** Whether something else counts by now: an alias that went to another actor, or newer claims. */
  #isOvertaken(event: CacheEvent): boolean {
    if (event.kind !== "ScalarSet") return false;
    const { cache } = this.#parts.options;
    const meaning = meaningOf(event.key);
    if (meaning?.kind === "alias") return cache.aliasOwner(meaning.alias) !== event.value;
    const claims = meaning?.kind === "claims" ? cache.claims(meaning.actor) : undefined;
    return claims !== undefined && claimsJson(claims) !== event.value;
  }

  /** Whether it is worth trying again; what will never work is told. */
  #isTransient(error: unknown): boolean {
    const { code } = asHostError(error);
    if (code === "lattice.not_connected" || code === "lattice.overloaded") return true;
    this.#parts.options.faults.report("cache_unpublished", error);
    return false;
  }
}
