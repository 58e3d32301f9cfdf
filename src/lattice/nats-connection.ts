import {
  type Authenticator,
  connect,
  createInbox,
  credsAuthenticator,
  DebugEvents,
  Events,
  jwtAuthenticator,
  type Msg,
  type NatsConnection,
  type Subscription as NatsSubscription,
  RequestStrategy,
  type Status,
  tokenAuthenticator,
  usernamePasswordAuthenticator,
} from "nats.ws";
import { HostError } from "../errors/index.ts";
import {
  type NatsCredentials,
  type NatsOptions,
  positive,
  type ResolvedNatsOptions,
  resolveNatsOptions,
} from "./connect-options.ts";
import type {
  ConnectionState,
  ConnectionStatus,
  LatticeConnection,
  LatticeMessage,
  LatticeSubscription,
  RequestManyOptions,
  SubscribeOptions,
} from "./connection.ts";
import { FaultLog } from "./fault-log.ts";
import {
  connectError,
  fromNatsError,
  isNoResponders,
  notConnected,
  permissionError,
  serverError,
} from "./nats-errors.ts";
import { Sockets } from "./sockets.ts";
import { StatusFeed } from "./status-feed.ts";
import { checkPublishSubject, checkQueueGroup, checkSubscribeSubject } from "./subject-syntax.ts";
import { within } from "./within.ts";

const UTF8 = new TextEncoder();

/**
 * Connects to a lattice over NATS by WebSocket. Once connected, it reconnects by itself for ever; subscriptions come
 * back, and what is published meanwhile fails.
 *
 * @throws HostError `lattice.connect_failed` if no server can be reached or lets us in, `input.invalid` for a bad
 * option, `host.unsupported` where there is no WebSocket.
 */
export async function connectNats(options: NatsOptions): Promise<LatticeConnection> {
  const resolved = resolveNatsOptions(options);
  const sockets = new Sockets(resolved.webSocketFactory);
  try {
    return new NatsLatticeConnection(await connect(toNats(resolved, sockets)), resolved, sockets);
  } catch (error) {
    sockets.close();
    throw connectError(error, resolved.servers);
  }
}

function toNats(options: ResolvedNatsOptions, sockets: Sockets): Parameters<typeof connect>[0] {
  const settings = {
    servers: [...options.servers],
    name: options.name,
    timeout: options.connectTimeoutMs,
    pingInterval: options.pingIntervalMs,
    reconnectTimeWait: options.reconnectWaitMs,
    maxReconnectAttempts: -1,
    // Credentials may be mended while we retry.
    ignoreAuthErrorAbort: true,
    // What servers call themselves is seldom what a browser can reach.
    ignoreClusterUpdates: true,
    noAsyncTraces: true,
    wsFactory: async (url: string) => ({ socket: sockets.make(url), encrypted: url.startsWith("wss:") }),
  };
  return options.credentials === undefined
    ? settings
    : { ...settings, authenticator: authenticator(options.credentials) };
}

function authenticator(credentials: NatsCredentials): Authenticator {
  if ("credsFile" in credentials) return credsAuthenticator(UTF8.encode(credentials.credsFile));
  if ("jwt" in credentials) return jwtAuthenticator(credentials.jwt, UTF8.encode(credentials.seed));
  if ("user" in credentials) return usernamePasswordAuthenticator(credentials.user, credentials.pass);
  return tokenAuthenticator(credentials.token);
}

/** Works around what nats.ws does not do: see the comments. */
class NatsLatticeConnection implements LatticeConnection {
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
    this.#faults = new FaultLog(options.logger, options.counters);
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
        if (error === null) this.#deliver(message, options.onMessage);
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

  onStatus(listener: (status: ConnectionStatus) => void): () => void {
    return this.#status.listen(listener);
  }

  async flush(): Promise<void> {
    if (this.state !== "connected") throw notConnected();
    const flushed = this.#nats.flush().catch((error: unknown) => Promise.reject(fromNatsError(error)));
    if (await within(flushed, this.#options.connectTimeoutMs)) return;
    throw new HostError("lattice.timeout", "The NATS server did not answer in time");
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    // Without a connection nats.ws would wait for the drain for ever; and it waits as long for a dead peer to read.
    const isUp = this.state === "connected";
    if (isUp) await within(this.#nats.drain().catch(ignoreClosed), this.#options.drainMs);
    await within(this.#nats.close(), isUp ? this.#options.drainMs : 0);
    this.#sockets.close();
    this.#tellClosed(undefined);
  }

  async #endSubscription(subscription: NatsSubscription): Promise<void> {
    if (subscription.isClosed() || this.#nats.isClosed()) return;
    const isDrained = await within(subscription.drain().catch(ignoreClosed), this.#options.drainMs);
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

  /** nats.ws would keep what is published without a connection, without bound, and drop it at the next attempt. */
  #checkSendable(data: Uint8Array): void {
    if (this.state !== "connected") throw notConnected();
    if (data.length <= this.#maxPayload) return;
    throw new HostError(
      "lattice.payload_too_large",
      `The message of ${data.length} bytes is larger than the ${this.#maxPayload} bytes that the lattice carries`,
      { details: { bytes: data.length, limit: this.#maxPayload } },
    );
  }

  /** Must not throw: nats.ws would silently stop reading from the connection. */
  #deliver(message: Msg, onMessage: SubscribeOptions["onMessage"]): void {
    const { subject, data, reply } = message;
    const failed = (error: unknown) => this.#faults.report("handler_failed", error, subject);
    const delivered: LatticeMessage = {
      subject,
      data,
      ...(reply === undefined || reply === "" ? {} : { reply }),
      respond: (answer) => {
        if (reply !== undefined && reply !== "") this.#send(reply, answer, {});
      },
    };
    try {
      onMessage(delivered)?.catch(failed);
    } catch (error) {
      failed(error);
    }
  }

  /** Ends with the garbage collection of the connection: nats.ws does not end the iteration when it closes. */
  async #followStatus(): Promise<void> {
    for await (const status of this.#nats.status()) this.#tell(status);
  }

  #tell(status: Status): void {
    const server = String(status.data);
    if (status.type === Events.Reconnect) {
      this.#learnServer();
      this.#status.tell({ type: "connected", server });
    } else if (status.type === Events.Disconnect) this.#status.tell({ type: "disconnected", server });
    else if (status.type === DebugEvents.Reconnecting) this.#status.tell({ type: "reconnecting", server });
    else if (status.type === Events.Error) {
      const { permissionContext } = status;
      const error =
        permissionContext === undefined ? serverError(server) : permissionError(permissionContext);
      this.#faults.report("server_error", error, permissionContext?.subject);
      this.#status.tell({ type: "error", error });
    }
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
