import * as v from "valibot";
import type { WebSocket } from "ws";
import { messageOf } from "../../src/errors/index.ts";
import { type BrokerCommand, type BrokerMessage, makeBrokerParser, violation } from "./broker-parser.ts";
import { matches, route, type Subscription } from "./broker-router.ts";

/** Largest message, as in nats-server. */
export const maxPayload: number = 1024 * 1024;
const noResponders = { reply: undefined, headerLength: 16, payload: Buffer.from("NATS/1.0 503\r\n\r\n") };
const flag = v.optional(v.boolean(), false);
const connectSchema = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({ verbose: flag, headers: flag, no_responders: flag, echo: v.optional(v.boolean(), true) }),
);

/** The broker's side of one connection; `all` are the subscriptions of all clients. */
export class BrokerClient {
  readonly #socket: WebSocket;
  readonly #all: Set<Subscription>;
  readonly #own = new Map<string, Subscription>();
  readonly #parse = makeBrokerParser(maxPayload);
  #options = v.parse(connectSchema, "{}");
  #unansweredPings = 0;

  constructor(socket: WebSocket, all: Set<Subscription>, info: object) {
    this.#socket = socket;
    this.#all = all;
    socket.on("message", (data: Buffer) => this.#receive(data));
    socket.on("error", () => socket.terminate()); // a broken frame ends this client and nobody else
    socket.on("close", () => this.#forget());
    this.#send(`INFO ${JSON.stringify(info)}\r\n`);
  }

  /** Asks for a sign of life, and ends a client that owes too many. */
  ping(): void {
    if (this.#unansweredPings >= 2) this.#fail("Stale Connection");
    this.#unansweredPings += 1;
    this.#send("PING\r\n");
  }

  deliver(subscription: Subscription, message: BrokerMessage): void {
    const headerLength = this.#options.headers ? message.headerLength : 0;
    const payload = message.payload.subarray(message.headerLength - headerLength);
    const to = [message.subject, subscription.sid, ...(message.reply === undefined ? [] : [message.reply])];
    const words = headerLength > 0 ? ["HMSG", ...to, headerLength] : ["MSG", ...to];
    this.#send(`${words.join(" ")} ${payload.length}\r\n`, payload, "\r\n");
    subscription.delivered += 1;
    if (subscription.delivered === subscription.max) this.#unsubscribe(subscription);
  }

  #receive(data: Buffer): void {
    try {
      for (const command of this.#parse(data)) {
        if (this.#socket.readyState !== this.#socket.OPEN) return;
        this.#unansweredPings = 0;
        this.#obey(command);
        if (this.#options.verbose && !/^P[IO]NG$/.test(command.verb)) this.#send("+OK\r\n");
      }
    } catch (error) {
      this.#fail(messageOf(error));
    }
  }

  #obey(command: BrokerCommand): void {
    const { verb, sid, max } = command;
    if (verb === "PING") this.#send("PONG\r\n");
    if (verb === "CONNECT") this.#options = v.parse(connectSchema, command.json);
    if (verb === "SUB") this.#subscribe(command);
    const subscription = this.#own.get(sid);
    if (verb === "UNSUB" && subscription !== undefined) {
      subscription.max = max;
      if (subscription.delivered >= max) this.#unsubscribe(subscription);
    }
    if (verb === "HPUB" && !this.#options.headers) throw violation("message headers not supported");
    if (!verb.endsWith("PUB")) return;
    const receivers = route(this.#all, command, this.#options.echo ? undefined : this);
    if (receivers === 0) this.#tellNoResponders(command.reply);
  }

  #subscribe({ subject, queue, sid }: BrokerCommand): void {
    const tokens = subject.split(".");
    const isBroken = tokens.includes("") || tokens.slice(0, -1).includes(">");
    if (isBroken) this.#send("-ERR 'Invalid Subject'\r\n");
    if (isBroken || this.#own.has(sid)) return;
    if (this.#own.size >= 10_000) throw violation("Maximum Subscriptions Exceeded");
    const subscription = { client: this, tokens, queue, sid, delivered: 0, max: 0 };
    this.#own.set(sid, subscription);
    this.#all.add(subscription);
  }

  #unsubscribe(subscription: Subscription): void {
    this.#own.delete(subscription.sid);
    this.#all.delete(subscription);
  }

  #tellNoResponders(reply: string | undefined): void {
    if (reply === undefined || !this.#options.no_responders || !this.#options.headers) return;
    const waiting = [...this.#own.values()].find((each) => matches(each.tokens, reply.split(".")));
    if (waiting !== undefined) this.deliver(waiting, { ...noResponders, subject: reply });
  }

  /** Who does not read what it subscribed to is cut off before it costs the memory of everybody. */
  #send(...parts: readonly (string | Buffer)[]): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    this.#socket.send(Buffer.concat(parts.map((part) => Buffer.from(part))));
    if (this.#socket.bufferedAmount > 16 * maxPayload) this.#socket.terminate();
  }

  #fail(text: string): void {
    this.#send(`-ERR '${text}'\r\n`);
    this.#socket.close();
    this.#forget();
  }

  #forget(): void {
    for (const subscription of this.#own.values()) this.#unsubscribe(subscription);
  }
}
