import { asHostError } from "../../errors/index.ts";
import type { CacheChange, ChangeCause } from "../cache-change.ts";
import type { ConnectionStatus, LatticeMessage, LatticeSubscription } from "../connection.ts";
import { queueGroupOf } from "../subjects.ts";
import { Turns } from "../turns.ts";
import { decodeCacheEventWrapper } from "../wire/cache-event-codec.ts";
import { CacheMirror } from "./cache-mirror.ts";
import { ConflictWatch } from "./conflict-watch.ts";
import { EventHistory } from "./event-history.ts";
import { EventLog } from "./event-log.ts";
import { EventPublisher } from "./event-publisher.ts";
import { KeyValueState } from "./key-value-state.ts";
import { OwnWrites } from "./own-writes.ts";
import { PacedSender } from "./paced-sender.ts";
import { ReplayRelay } from "./replay-relay.ts";
import { requestReplay } from "./replay-request.ts";
import { ReplayServer } from "./replay-server.ts";
import { ReplaySource } from "./replay-source.ts";
import {
  type CacheReplicationOptions,
  type ResolvedReplicationOptions,
  resolveReplicationOptions,
} from "./replication-options.ts";
import { fateOf } from "./unknown-to-others.ts";

/** UTF-16 units of the events kept for others. */
const HISTORY_CHARS = 134_217_728;
/** Milliseconds until a change of ours that did not come back counts as lost or old. */
const ECHO_MS = 10_000;
const GAP = "Did not receive an expected state replication reply. Cache should now be considered invalid.";

/**
 * Keeps a lattice cache equal to those of the other hosts, first-party ones included. Protocol section 10.4.
 *
 * What other caches say is unsigned: claims count as announced. When two hosts change the same thing at the same time,
 * the later counts where that is the same for all; where it is not, one of the two tells again what it has.
 */
export class CacheReplication {
  readonly #options: ResolvedReplicationOptions;
  readonly #originId = crypto.randomUUID();
  readonly #state = new KeyValueState();
  readonly #history: EventHistory;
  readonly #own: OwnWrites;
  readonly #mirror: CacheMirror;
  readonly #log: EventLog;
  readonly #conflicts: ConflictWatch;
  readonly #publisher: EventPublisher;
  readonly #server: ReplayServer;
  readonly #relay: ReplayRelay;
  readonly #abort = new AbortController();
  readonly #subscriptions: LatticeSubscription[] = [];
  readonly #ends: (() => void)[] = [];
  /** A round of asking and telling that is under way, and whether another must follow. */
  #round: Promise<void> | undefined;
  #isRoundDue = false;
  /** Whether others may ask this instance, and know what it knew before. */
  #hasJoined = false;
  /** Whether this instance may have missed something. */
  #isBehind = true;
  /** Times that the connection was lost. */
  #losses = 0;
  #closing: Promise<void> | undefined;

  private constructor(options: ResolvedReplicationOptions) {
    const { connection, cache, faults, historyEvents, maxReplays, maxUnsent, now } = options;
    const state = this.#state;
    this.#options = options;
    this.#history = new EventHistory({ maxEvents: historyEvents, maxChars: HISTORY_CHARS });
    this.#own = new OwnWrites({ maxUnsent, echoMs: ECHO_MS, now });
    this.#mirror = new CacheMirror({ state, cache, faults });
    this.#log = new EventLog({ history: this.#history, mirror: this.#mirror, own: this.#own });
    this.#conflicts = new ConflictWatch({ repeat: (key) => this.#publisher.repeat(key), now });
    this.#publisher = new EventPublisher({
      options,
      originId: this.#originId,
      state,
      mirror: this.#mirror,
      own: this.#own,
      onSent: (event) => this.#conflicts.noteOwn(event),
    });
    const source = new ReplaySource({ history: this.#history, state, cache });
    this.#server = new ReplayServer({ connection, source, faults, maxReplays });
    this.#relay = new ReplayRelay(connection, options.replaySubject);
  }

  /**
   * Joins the caches of a lattice: learns what they know, then tells them what only this one knows, then answers
   * others. Restore a persisted cache before.
   *
   * @returns when all that was tried; without a connection it is tried when there is one.
   * @throws HostError `lattice.not_connected` once the connection is closed, `input.invalid` for a bad option; the
   * reason of the signal.
   */
  static async start(options: CacheReplicationOptions): Promise<CacheReplication> {
    const replication = new CacheReplication(resolveReplicationOptions(options));
    const { signal } = options;
    const stop = (): void => void replication.close();
    signal?.addEventListener("abort", stop, { once: true });
    try {
      signal?.throwIfAborted();
      await replication.#start();
      signal?.throwIfAborted();
    } catch (error) {
      await replication.close();
      throw error;
    } finally {
      signal?.removeEventListener("abort", stop);
    }
    return replication;
  }

  /** Id of this instance: it ignores its own events by it. */
  get originId(): string {
    return this.#originId;
  }

  /** Events of this and all other caches that this one has counted. */
  get eventCount(): number {
    return this.#history.total;
  }

  /** Ends the replication; the cache keeps what it knows, and the connection stays open. Twice is fine. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #start(): Promise<void> {
    const { cache, connection, eventsSubject, replayIntervalMs } = this.#options;
    this.#log.expectGap();
    this.#subscriptions.push(
      connection.subscribe(eventsSubject, { onMessage: (message) => this.#receive(message) }),
    );
    this.#ends.push(connection.onStatus((status) => this.#onStatus(status)));
    this.#ends.push(cache.onChange((change, cause) => this.#onChange(change, cause)));
    await this.#startRound();
    if (this.#closing !== undefined) return;
    const timer = setInterval(() => void this.#startRound(), replayIntervalMs);
    this.#ends.push(() => clearInterval(timer));
  }

  async #close(): Promise<void> {
    this.#abort.abort(new Error("The replication has ended"));
    this.#publisher.hold();
    this.#conflicts.close();
    this.#server.close();
    for (const end of this.#ends.splice(0)) end();
    await this.#round;
    await Promise.all(this.#subscriptions.splice(0).map((subscription) => subscription.close()));
  }

  #receive({ data, subject }: LatticeMessage): void {
    if (this.#closing !== undefined) return;
    try {
      const { originId, event } = decodeCacheEventWrapper(data);
      if (originId === this.#originId) {
        this.#conflicts.noteOwn(event);
        this.#log.takeEcho(event);
      } else {
        this.#log.take(event);
        this.#conflicts.noteForeign(event);
      }
    } catch (error) {
      this.#options.faults.report("cache_undecodable", error, { subject });
    }
  }

  #onChange(change: CacheChange, cause: ChangeCause): void {
    if (cause === "local") this.#publisher.publish(change);
    // Before that, everything is looked at anyway.
    else if (cause === "restored" && this.#hasJoined) this.#tellOthers(change);
  }

  #onStatus({ type }: ConnectionStatus): void {
    if (type === "disconnected") {
      this.#isBehind = true;
      this.#losses++;
      this.#publisher.hold();
      this.#own.disconnected();
      this.#log.expectGap();
    } else if (type === "connected") void this.#startRound();
  }

  /** One round at a time; one that is asked for meanwhile follows. */
  #startRound(): Promise<void> {
    this.#isRoundDue = true;
    this.#round ??= this.#rounds().finally(() => {
      this.#round = undefined;
    });
    return this.#round;
  }

  async #rounds(): Promise<void> {
    while (this.#isRoundDue && !this.#abort.signal.aborted) {
      this.#isRoundDue = false;
      if (this.#options.connection.state !== "connected") continue;
      try {
        // If it was lost and is back, what happened meanwhile comes first.
        if (!(await this.#ask())) continue;
        await this.#publisher.release();
        if (!this.#hasJoined) await this.#join();
      } catch (error) {
        const isExpected = this.#abort.signal.aborted || asHostError(error).code === "lattice.not_connected";
        if (!isExpected) this.#options.faults.report("cache_replay_failed", error);
      }
    }
  }

  /** Learns what happened elsewhere. @returns whether the connection lasted. */
  async #ask(): Promise<boolean> {
    const { connection, counters, deadlines, faults, logger, replaySubject } = this.#options;
    const { signal } = this.#abort;
    for (const event of this.#own.takeExpired()) this.#history.append(event);
    // The server must know of our subscription before another cache decides what we lack.
    await connection.flush();
    const losses = this.#losses;
    this.#log.beginReplay();
    const outcome = await requestReplay({
      connection,
      subject: replaySubject,
      highWaterMark: this.#history.settled,
      deadlines,
      faults,
      onInbox: (inbox) => this.#relay.ownInbox(inbox),
      onAck: () => this.#log.acknowledged(),
      onEvent: (event) => this.#log.takeReplayed(event),
      signal,
    });
    if (outcome === "gap") {
      counters?.add("lattice.cache_gap");
      logger?.warn(GAP);
    }
    // What came since then follows what is still to be learned.
    if (losses !== this.#losses) return false;
    this.#isBehind = false;
    await this.#log.endReplay(signal);
    return losses === this.#losses;
  }

  /** Tells the others what they do not know, and answers their questions from now on. */
  async #join(): Promise<void> {
    const { cache, connection, replaySubject } = this.#options;
    const { signal } = this.#abort;
    const sender = new PacedSender(connection);
    const turns = new Turns(signal);
    this.#mirror.joined();
    for (const change of cache.contents()) {
      signal.throwIfAborted();
      if (this.#tellOthers(change)) await sender.sent(PUBLISHED_BYTES);
      await turns.pause();
    }
    await connection.flush();
    signal.throwIfAborted();
    const queue = queueGroupOf(replaySubject);
    const onMessage = async (message: LatticeMessage): Promise<void> => {
      if (!this.#relay.passOn(message, this.#isBehind)) await this.#server.serve(message);
    };
    this.#subscriptions.push(connection.subscribe(replaySubject, { queue, onMessage }));
    this.#hasJoined = true;
    await connection.flush();
  }

  /** @returns whether the others had to be told. */
  #tellOthers(change: CacheChange): boolean {
    const { cache } = this.#options;
    const fate = fateOf(change, this.#state, cache);
    if (fate === "publish") this.#publisher.publish(change);
    if (fate === "forget" && change.kind === "link") {
      const { actorId, contractId, linkName } = change.link;
      cache.removeLink(actorId, contractId, linkName, "replicated");
    }
    return fate === "publish";
  }
}

/** About what an entry takes on the wire. */
const PUBLISHED_BYTES = 1_024;
