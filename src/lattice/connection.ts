import type { HostError } from "../errors/index.ts";

/** Whether a connection can be used now. After `closed` nothing follows. */
export type ConnectionState = "connected" | "disconnected" | "reconnecting" | "closed";

/** What happens to a connection. `server` is `host:port`. */
export type ConnectionStatus =
  | { readonly type: "connected"; readonly server: string }
  | { readonly type: "disconnected"; readonly server: string }
  | { readonly type: "reconnecting"; readonly server: string }
  /** Something the server refused, such as a subscription without permission; the connection stays up. */
  | { readonly type: "error"; readonly error: HostError }
  /** Closed for good: by `close()`, or by the error. */
  | { readonly type: "closed"; readonly error?: HostError };

/** A message that arrived at a subscription. */
export interface LatticeMessage {
  readonly subject: string;
  /** A view of a buffer shared with other messages: read it, copy what is kept, never transfer it. */
  readonly data: Uint8Array;
  /** Where an answer is expected; absent where none is. */
  readonly reply?: string;
  /**
   * Sends an answer; does nothing if none is expected.
   *
   * @throws HostError `lattice.payload_too_large`, `lattice.not_connected`, `lattice.overloaded`.
   */
  respond(data: Uint8Array): void;
}

/** How to subscribe. */
export interface SubscribeOptions {
  /** Only one subscriber of a group gets each message; default no group. */
  readonly queue?: string;
  /** Called for every message in the order of arrival, not waited for. What it throws is counted and logged. */
  readonly onMessage: (message: LatticeMessage) => void | Promise<void>;
}

/** A live subscription. It survives reconnects. */
export interface LatticeSubscription {
  /** Ends it; what has arrived is still handed over. Twice is fine. */
  close(): Promise<void>;
}

/** How long to collect answers of many. */
export interface RequestManyOptions {
  /** Milliseconds to collect. */
  readonly waitMs: number;
  /** Answers after which to stop early; default 1,000. */
  readonly maxReplies?: number;
}

/** A connection to a lattice. All errors are {@link HostError}s with a `lattice.` code. */
export interface LatticeConnection {
  readonly state: ConnectionState;
  /** `host:port` of the server connected to last. */
  readonly server: string;
  /** Version of that server. */
  readonly serverVersion: string;
  /** Bytes that server accepts in one message. */
  readonly maxPayload: number;
  /**
   * Sends a message that nobody need receive.
   *
   * @param options - `reply`: where answers are to be sent.
   * @throws HostError `lattice.payload_too_large`, `lattice.not_connected`, `lattice.overloaded` if the server reads too
   * slowly, `input.invalid` for a bad subject.
   */
  publish(subject: string, data: Uint8Array, options?: { readonly reply?: string }): void;
  /**
   * Sends a message and waits for the first answer.
   *
   * @throws HostError `lattice.timeout`, `lattice.transport` (with the detail `noResponders` if nobody is subscribed),
   * `lattice.overloaded` if too many requests wait, `lattice.forbidden`, and as {@link LatticeConnection.publish}.
   */
  request(subject: string, data: Uint8Array, options: { readonly timeoutMs: number }): Promise<Uint8Array>;
  /** Sends a message and collects the answers; none, if nobody is subscribed. Errors as in `request`. */
  requestMany(subject: string, data: Uint8Array, options: RequestManyOptions): Promise<Uint8Array[]>;
  /** A new subject that only this connection knows, for answers. */
  newInbox(): string;
  /** @throws HostError `lattice.not_connected` once closed, `input.invalid` for a bad subject. */
  subscribe(subject: string, options: SubscribeOptions): LatticeSubscription;
  /**
   * Tells what happens from now on.
   *
   * @returns ends the telling.
   */
  onStatus(listener: (status: ConnectionStatus) => void): () => void;
  /** Resolves when the server has everything sent so far. */
  flush(): Promise<void>;
  /** Ends subscriptions, sends what is left within a deadline, and closes. Twice is fine. */
  close(): Promise<void>;
}
