import { HostError } from "../errors/index.ts";
import { FaultLog } from "../telemetry/index.ts";
import { isDoneWithin, within } from "../time/index.ts";
import { positive, type ResolvedNatsOptions } from "./connect-options.ts";
import type {
  ConnectionState,
  ConnectionStatus,
  LatticeMessage,
  LatticeSubscription,
  RequestManyOptions,
  SubscribeOptions,
} from "./connection.ts";
import type { JetStream, JetStreamConnection } from "./jet-stream.ts";
import { connectError, fromNatsError, isNoResponders, notConnected, payloadTooLarge } from "./nats-errors.ts";
import { NatsJetStream } from "./nats-jet-stream.ts";
import { fromNatsStatus } from "./nats-status.ts";
import {
  createInbox,
  type Msg,
  type NatsConnection,
  type Subscription as NatsSubscription,
  RequestStrategy,
} from "./nats-ws.ts";
import type { Sockets } from "./sockets.ts";
import { StatusFeed } from "./status-feed.ts";
import { checkPublishSubject, checkQueueGroup, checkSubscribeSubject } from "./subject-syntax.ts";

/** A connection by nats.ws, with the bounds and safeguards that it lacks: see the comments. */
export class NatsLatticeConnection implements JetStreamConnection {
  readonly #nats: NatsConnection;
  readonly #options: ResolvedNatsOptions;
  readonly #sockets: Sockets;
  readonly #faults: FaultLog;
  readonly #status: StatusFeed;
  #server = "";
  #serverVersion = "";
  #maxPayload = 0;
  #pending = 0;
  #closing: Promise<void> | undefined;

  constructor(nats: NatsConnection, options: ResolvedNatsOptions, sockets: Sockets) {
    this.#nats = nats;
    this.#options = options;
    this.#sockets = sockets;
    this.#faults = new FaultLog("lattice", options.logger, options.counters);
    this.#status = new StatusFeed(this.#faults);
    this.#learnServer();
    void this.#followStatus();
    void nats.closed().then((error) => this.#tellClosed(error));
  }

  get state(): ConnectionState {
    return this.#status.state;
  }
  get server(): string {
    return this.#server;
  }
  get serverVersion(): string {
    return this.#serverVersion;
  }
  get maxPayload(): number {
    return this.#maxPayload;
  }

  publish(subject: string, data: Uint8Array, options: { readonly reply?: string } = {}): void {
    checkPublishSubject(subject);
    if (options.reply !== undefined) checkPublishSubject(options.reply);
    this.#send(subject, data, options);
  }

  async request(
    subject: string,
    data: Uint8Array,
    options: { readonly timeoutMs: number },
  ): Promise<Uint8Array> {
    const timeout = positive("timeoutMs", options.timeoutMs);
    return this.#ask(subject, data, async () => (await this.#nats.request(subject, data, { timeout })).data);
  }

  async requestMany(subject: string, data: Uint8Array, options: RequestManyOptions): Promise<Uint8Array[]> {
    const maxWait = positive("waitMs", options.waitMs);
    const maxMessages = positive("maxReplies", options.maxReplies ?? 1_000);
    const replies: Uint8Array[] = [];
    return this.#ask(subject, data, async () => {
      const strategy = RequestStrategy.Count;
      try {
        const messages = await this.#nats.requestMany(subject, data, { strategy, maxWait, maxMessages });
        for await (const message of messages) replies.push(message.data);
      } catch (error) {
        if (!isNoResponders(error)) throw error;
      }
      return replies;
    });
  }

  newInbox(): string {
    return createInbox();
  }

  subscribe(subject: string, options: SubscribeOptions): LatticeSubscription {
    checkSubscribeSubject(subject);
    if (options.queue !== undefined) checkQueueGroup(options.queue);
    if (this.state === "closed" || this.#closing !== undefined) throw notConnected();
    const subscription = this.#nats.subscribe(subject, {
      ...(options.queue === undefined ? {} : { queue: options.queue }),
      // An error here is a refused permission, which comes as a status too.
      callback: (error, message) => {
        if (error === null) this.#deliver(this.#received(message), options.onMessage);
      },
    });
    let closing: Promise<void> | undefined;
    return {
      close: () => {
        closing ??= this.#endSubscription(subscription);
        return closing;
      },
    };
  }

  jetStream(): JetStream {
    return new NatsJetStream(this.#nats);
  }

  onStatus(listener: (status: ConnectionStatus) => void): () => void {
    return this.#status.listen(listener);
  }

  async flush(): Promise<void> {
    if (this.state !== "connected") throw notConnected();
    const flushed = this.#nats.flush().catch((error: unknown) => Promise.reject(fromNatsError(error)));
    await within(
      flushed,
      this.#options.connectTimeoutMs,
      () => new HostError("lattice.timeout", "The NATS server did not answer in time"),
    );
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    // Without a connection nats.ws would wait for the drain for ever; and it waits as long for a dead peer to read.
    const isUp = this.state === "connected";
    if (isUp) await isDoneWithin(this.#nats.drain().catch(ignoreClosed), this.#options.drainMs);
    await isDoneWithin(this.#nats.close(), isUp ? this.#options.drainMs : 0);
    this.#sockets.close();
    this.#tellClosed(undefined);
  }

  async #endSubscription(subscription: NatsSubscription): Promise<void> {
    if (subscription.isClosed() || this.#nats.isClosed()) return;
    const isDrained = await isDoneWithin(subscription.drain().catch(ignoreClosed), this.#options.drainMs);
    if (!isDrained) subscription.unsubscribe();
  }

  /** Runs a request within the bounds of all requests. */
  async #ask<T>(subject: string, data: Uint8Array, send: () => Promise<T>): Promise<T> {
    checkPublishSubject(subject);
    this.#checkSendable(data);
    if (this.#pending >= this.#options.maxPendingRequests) {
      throw new HostError("lattice.overloaded", `RPC error: ${this.#pending} requests are waiting already`);
    }
    this.#pending++;
    try {
      return await send();
    } catch (error) {
      // nats.ws ends what waits when it closes as if the time were over.
      throw this.#closing === undefined ? fromNatsError(error) : notConnected();
    } finally {
      this.#pending--;
    }
  }

  #send(subject: string, data: Uint8Array, options: { readonly reply?: string }): void {
    this.#checkSendable(data);
    try {
      this.#nats.publish(subject, data, { ...options });
    } catch (error) {
      throw fromNatsError(error);
    }
  }

  /**
   * nats.ws would keep what is published without a connection and drop it at the next attempt, and write to a slow
   * server without bound.
   */
  #checkSendable(data: Uint8Array): void {
    if (this.state !== "connected") throw notConnected();
    if (data.length > this.#maxPayload) throw payloadTooLarge(data.length, this.#maxPayload);
    if (this.#sockets.bufferedBytes + data.length > this.#options.maxBufferedBytes) {
      throw new HostError("lattice.overloaded", "The NATS server does not read as fast as this host writes");
    }
  }

  #received({ subject, data, reply }: Msg): LatticeMessage {
    if (reply === undefined || reply === "") return { subject, data, respond: nobodyAsked };
    return { subject, data, reply, respond: (answer) => this.#send(reply, answer, {}) };
  }

  /** Must not throw: nats.ws would silently stop reading from the connection. */
  #deliver(message: LatticeMessage, onMessage: SubscribeOptions["onMessage"]): void {
    const failed = (error: unknown) =>
      this.#faults.report("handler_failed", error, { subject: message.subject });
    try {
      const handled = onMessage(message);
      if (handled instanceof Promise) handled.catch(failed);
    } catch (error) {
      failed(error);
    }
  }

  /** Ends with the garbage collection of the connection: nats.ws does not end the iteration when it closes. */
  async #followStatus(): Promise<void> {
    for await (const status of this.#nats.status()) this.#tell(fromNatsStatus(status));
  }

  #tell(status: ConnectionStatus | undefined): void {
    if (status === undefined) return;
    if (status.type === "connected") this.#learnServer();
    if (status.type === "error") this.#faults.report("server_error", status.error);
    this.#status.tell(status);
  }

  #tellClosed(error: unknown): void {
    this.#status.tell({
      type: "closed",
      ...(error === undefined ? {} : { error: connectError(error, this.#options.servers) }),
    });
  }

  #learnServer(): void {
    this.#server = this.#nats.getServer();
    this.#serverVersion = this.#nats.info?.version ?? this.#serverVersion;
    this.#maxPayload = this.#nats.info?.max_payload ?? this.#maxPayload;
  }
}

/** Draining what is closed already is refused, and needs nothing. */
function ignoreClosed(): void {}

/** The answer to a message that expects none. */
function nobodyAsked(): void {}
