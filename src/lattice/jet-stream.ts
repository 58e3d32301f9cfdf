import type { LatticeConnection, LatticeSubscription } from "./connection.ts";

/** What is known of a key: undefined as value if it was deleted; revision 0 if it never had one. */
export interface BucketEntry {
  readonly value: Uint8Array | undefined;
  readonly revision: number;
}

/** Values under keys, shared by all clients of the server. Keys: letters, digits and `-_=`, at most 1,024. */
export interface KeyValueBucket {
  get(key: string): Promise<BucketEntry>;
  /**
   * Sets a key, or deletes it with undefined, if nobody did so since it was read.
   *
   * @param revision - of the entry that was read.
   * @returns whether it was done. If the method rejects, it may have been done.
   */
  change(key: string, value: Uint8Array | undefined, revision: number): Promise<boolean>;
}

/** A message of an event log. */
export interface LoggedEvent {
  readonly sequence: number;
  /** Milliseconds since the epoch. */
  readonly time: number;
  readonly data: Uint8Array;
}

/** Which events to read. */
export interface ReadEventsOptions {
  /** Milliseconds since the epoch, included; default from the first. */
  readonly from?: number;
  /** Milliseconds since the epoch, included; default to the last there is now. */
  readonly to?: number;
  /** Events at most. */
  readonly maxEvents: number;
  /** Bytes of their data at most; more is an error. */
  readonly maxBytes: number;
}

/** How to be handed new events. */
export interface FollowEventsOptions {
  /** Followers of one name share the events, and go on where they left off. Letters, digits and `-_`. */
  readonly name: string;
  /** Events that are handed over at one time. */
  readonly maxPending: number;
  /** An event that this rejects for comes again, five times at most, after a while. */
  readonly onEvent: (event: LoggedEvent) => Promise<void>;
}

/** Events by topic, in the order of their writing. Topics: letters, digits and `-_=`. */
export interface EventLog {
  /** @returns the event's sequence number. */
  append(topic: string, data: Uint8Array): Promise<number>;
  /** @throws HostError `lattice.payload_too_large` for too many bytes. */
  read(topic: string, options: ReadEventsOptions): Promise<LoggedEvent[]>;
  /** Hands over what is appended from now on. */
  follow(topic: string, options: FollowEventsOptions): Promise<LatticeSubscription>;
}

/** How a bucket or an event log is made, if it is not there yet. */
export interface JetStreamOptions {
  /** Bytes it holds at most; default no limit but the server's. */
  readonly maxBytes?: number;
  /** Servers that keep a copy; default 1. */
  readonly replicas?: number;
  /** Milliseconds for each request to the server; default 5,000. */
  readonly timeoutMs?: number;
}

/** What a NATS server keeps: the parts of JetStream that providers use. All errors have a `lattice.` code. */
export interface JetStream {
  /** @param name - letters, digits and `-_`. */
  bucket(name: string, options?: JetStreamOptions): Promise<KeyValueBucket>;
  /** @param name - letters, digits and `-_`; its subjects begin with it. */
  eventLog(name: string, options?: JetStreamOptions): Promise<EventLog>;
}

/** A connection to a server that may have JetStream; if it has none, the methods of {@link JetStream} fail. */
export interface JetStreamConnection extends LatticeConnection {
  jetStream(): JetStream;
}
