import { HostError } from "../errors/index.ts";
import type { LatticeSubscription } from "./connection.ts";
import type { EventLog, FollowEventsOptions, LoggedEvent, ReadEventsOptions } from "./jet-stream.ts";
import { jetStreamCall, notFound, publishHeard } from "./jet-stream-errors.ts";
import {
  AckPolicy,
  DeliverPolicy,
  type JetStreamClient,
  type JetStreamManager,
  type JsMsg,
  nanos,
} from "./nats-ws.ts";

const TOPIC = /^[A-Za-z0-9_=-]{1,1024}$/;
/** Milliseconds after which an event that was not taken comes again. */
const RETRY_MS = 1_000;
const BATCH = 256;
/** Milliseconds since the epoch of the last date there is. */
const LAST_DATE = 8.64e15;
const UNUSED_MS = 7 * 24 * 3_600_000;

/** An event log in a stream of JetStream: one subject for each topic. */
export class NatsEventLog implements EventLog {
  readonly #name: string;
  readonly #client: JetStreamClient;
  readonly #manager: JetStreamManager;
  readonly #timeoutMs: number;

  /** @param timeoutMs - for the reading of events. */
  constructor(name: string, client: JetStreamClient, manager: JetStreamManager, timeoutMs: number) {
    this.#name = name;
    this.#client = client;
    this.#manager = manager;
    this.#timeoutMs = timeoutMs;
  }

  async append(topic: string, data: Uint8Array): Promise<number> {
    const subject = this.#subject(topic);
    return jetStreamCall(async () => (await publishHeard(() => this.#client.publish(subject, data))).seq);
  }

  async read(topic: string, options: ReadEventsOptions): Promise<LoggedEvent[]> {
    const subject = this.#subject(topic);
    const { from, to = Number.POSITIVE_INFINITY } = options;
    if (options.maxEvents < 1 || (from ?? 0) > Math.min(to, LAST_DATE)) return [];
    return jetStreamCall(async () => {
      const last = await this.#manager.streams
        .getMessage(this.#name, { last_by_subj: subject })
        .catch(notFound);
      // A consumer that begins behind the last event would wait for one.
      if (last === undefined || last.time.getTime() < (from ?? 0)) return [];
      // The client begins with the first event by itself, and refuses a second way to say so.
      const start =
        from === undefined
          ? {}
          : { deliver_policy: DeliverPolicy.StartTime, opt_start_time: new Date(from).toISOString() };
      const consumer = await this.#client.consumers.get(this.#name, { filterSubjects: subject, ...start });
      try {
        const messages = await consumer.consume({ max_messages: BATCH });
        const timer = setTimeout(() => messages.stop(), this.#timeoutMs);
        return await collect(messages, last.seq, { ...options, to }).finally(() => clearTimeout(timer));
      } finally {
        await consumer.delete().catch(() => false);
      }
    });
  }

  async follow(topic: string, options: FollowEventsOptions): Promise<LatticeSubscription> {
    const filter_subject = this.#subject(topic);
    const { name, maxPending, onEvent } = options;
    const messages = await jetStreamCall(async () => {
      await this.#manager.consumers.add(this.#name, {
        durable_name: name,
        filter_subject,
        ack_policy: AckPolicy.Explicit,
        deliver_policy: DeliverPolicy.New,
        ack_wait: nanos(30_000),
        max_deliver: 5,
        max_ack_pending: maxPending,
        inactive_threshold: nanos(UNUSED_MS),
      });
      const consumer = await this.#client.consumers.get(this.#name, name);
      return consumer.consume({ max_messages: maxPending });
    });
    const done = (async () => {
      for await (const message of messages) {
        await onEvent(toEvent(message)).then(
          () => message.ack(),
          () => message.nak(RETRY_MS),
        );
      }
    })();
    return {
      close: async () => {
        messages.stop();
        await done.catch(() => undefined);
      },
    };
  }

  #subject(topic: string): string {
    if (TOPIC.test(topic)) return `${this.#name}.${topic}`;
    throw new HostError("input.invalid", "A topic has letters, digits, -, _ and = only");
  }
}

async function collect(
  messages: AsyncIterable<JsMsg> & { stop(): void },
  lastSequence: number,
  { to, maxEvents, maxBytes }: ReadEventsOptions & { readonly to: number },
): Promise<LoggedEvent[]> {
  const events: LoggedEvent[] = [];
  let bytes = 0;
  let isWhole = false;
  for await (const message of messages) {
    const event = toEvent(message);
    if (event.sequence <= lastSequence && event.time <= to) {
      bytes += event.data.length;
      if (bytes > maxBytes) {
        throw new HostError("lattice.payload_too_large", `The events have more than ${maxBytes} bytes`, {
          hint: "Ask for fewer events, or for a shorter time.",
        });
      }
      events.push(event);
    }
    isWhole = event.sequence >= lastSequence || event.time > to || events.length >= maxEvents;
    if (isWhole) break;
  }
  if (!isWhole) throw new HostError("lattice.timeout", "The NATS server did not send all events in time");
  return events;
}

function toEvent(message: JsMsg): LoggedEvent {
  return {
    sequence: message.seq,
    time: Math.floor(message.info.timestampNanos / 1e6),
    data: message.data.slice(),
  };
}
