import type { CacheEvent } from "../cache-event.ts";
import { meaningOf } from "./cache-keys.ts";
import type { CacheMirror } from "./cache-mirror.ts";
import type { EventHistory } from "./event-history.ts";
import { LiveEvents } from "./live-events.ts";
import type { OwnWrites } from "./own-writes.ts";

/** What an {@link EventLog} is made of. */
export interface EventLogParts {
  readonly history: EventHistory;
  readonly mirror: CacheMirror;
  readonly own: OwnWrites;
}

/** Puts the events of this cache and of others in order, whichever way they come. Protocol section 10.4. */
export class EventLog {
  readonly #history: EventHistory;
  readonly #mirror: CacheMirror;
  readonly #own: OwnWrites;
  #live: LiveEvents | undefined;

  constructor({ history, mirror, own }: EventLogParts) {
    this.#history = history;
    this.#mirror = mirror;
    this.#own = own;
  }

  /** An event of this cache that the server has put in its place. It was applied when it was made. */
  takeEcho(event: CacheEvent): void {
    this.#own.echoed(event);
    this.#history.append(event);
    this.#live?.note(event);
  }

  /** An event of another cache, as it happens. */
  take(event: CacheEvent): void {
    this.#history.append(event);
    this.#live?.note(event);
    this.#mirror.take(event, this.#isOutdated(event));
  }

  /**
   * What happened may have been missed: what happens from now on comes after that, and what was waiting for such
   * events comes again with them.
   */
  expectGap(): void {
    this.#history.dropHeld();
    this.#history.hold();
    this.#live = new LiveEvents();
  }

  /** From now on what happens is later than what is replayed. */
  beginReplay(): void {
    if (this.#live === undefined) this.expectGap();
  }

  /** The one who replays has decided what that is. */
  acknowledged(): void {
    this.#live?.closeWindow();
  }

  /** An event of the past. */
  takeReplayed(event: CacheEvent): void {
    const older = this.#live === undefined ? event : this.#live.pass(event);
    if (older !== undefined) this.#takeOlder(older);
  }

  /** Takes over what was replayed. */
  async endReplay(signal: AbortSignal): Promise<void> {
    for (const event of this.#live?.rest() ?? []) this.#takeOlder(event);
    this.#live = undefined;
    this.#history.release();
    await this.#mirror.settle(signal);
  }

  #takeOlder(event: CacheEvent): void {
    this.#history.appendEarlier(event);
    this.#own.isKnownToOthers(event);
    const isOverridden = this.#live?.overrides(event) === true;
    this.#mirror.takeReplayed(event, isOverridden || this.#isOutdated(event));
  }

  #isOutdated(event: CacheEvent): boolean {
    return this.#own.isOutdated(event, meaningOf(event.key)?.kind === "alias");
  }
}
