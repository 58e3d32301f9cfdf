import { HostError } from "../errors/index.ts";
import type { EventLog, JetStream, JetStreamOptions, KeyValueBucket } from "./jet-stream.ts";
import { jetStreamCall, notFound } from "./jet-stream-errors.ts";
import { NatsBucket } from "./nats-bucket.ts";
import { NatsEventLog } from "./nats-event-log.ts";
import type { NatsConnection } from "./nats-ws.ts";

const NAME = /^[A-Za-z0-9_-]{1,128}$/;
const DEFAULT_TIMEOUT_MS = 5_000;

/** JetStream of a connection by nats.ws. */
export class NatsJetStream implements JetStream {
  readonly #nats: NatsConnection;

  constructor(nats: NatsConnection) {
    this.#nats = nats;
  }

  async bucket(name: string, options: JetStreamOptions = {}): Promise<KeyValueBucket> {
    checkName(name);
    const { maxBytes, replicas = 1, timeoutMs: timeout = DEFAULT_TIMEOUT_MS } = options;
    return jetStreamCall(async () => {
      const bounds = maxBytes === undefined ? {} : { max_bytes: maxBytes };
      // Read from the stream's leader: what was written is read, and no answer is lost while the bucket is being made.
      const views = this.#nats.jetstream({ timeout }).views;
      return new NatsBucket(
        await views.kv(name, { history: 1, replicas, timeout, allow_direct: false, ...bounds }),
      );
    });
  }

  async eventLog(name: string, options: JetStreamOptions = {}): Promise<EventLog> {
    checkName(name);
    const { maxBytes = -1, replicas = 1, timeoutMs: timeout = DEFAULT_TIMEOUT_MS } = options;
    return jetStreamCall(async () => {
      const client = this.#nats.jetstream({ timeout });
      const manager = await this.#nats.jetstreamManager({ timeout });
      const known = await manager.streams.info(name).catch(notFound);
      if (known === undefined) {
        const subjects = [`${name}.*`];
        await manager.streams.add({ name, subjects, max_bytes: maxBytes, num_replicas: replicas });
      }
      return new NatsEventLog(name, client, manager, timeout);
    });
  }
}

function checkName(name: string): void {
  if (NAME.test(name)) return;
  throw new HostError(
    "input.invalid",
    `"${name.slice(0, 128)}" is not the name of a bucket or an event log`,
    {
      hint: "Use up to 128 letters, digits, - and _.",
    },
  );
}
