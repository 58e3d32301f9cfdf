import { decode, encode } from "@msgpack/msgpack";
import * as v from "valibot";
import {
  type CallHandlers,
  type EventStreamsCalls,
  type EventStreamsDeliveries,
  eventStreamsContract,
  type StreamEvent,
} from "../../contracts/index.ts";
import { HostError, messageOf } from "../../errors/index.ts";
import type { EventLog, JetStreamConnection, LatticeSubscription, LoggedEvent } from "../../lattice/index.ts";
import type { ProviderDescriptor } from "../capability-provider.ts";
import { type CallOrigin, ContractProvider } from "../contract-provider.ts";
import { digestName, natsName } from "../encoded-name.ts";
import { type LinkValues, listValue, textValue } from "../link-values.ts";
import { type LinkConnection, type NatsSource, openLinkConnection } from "../nats/link-connection.ts";

/** `wasmcloud:eventstreams` in JetStream. */
export const NATS_EVENT_STREAMS_PROVIDER: ProviderDescriptor = {
  id: "VBSJZYEK2VK4MXIZNY6BLPRWZBM4CV6B34NKLC4JAZQTNQML7ANPZWWC",
  contractId: eventStreamsContract.id,
  name: "weblattice NATS Event Streams",
  vendor: "weblattice",
  revision: 0,
  version: "0.1.0",
};

/** How a {@link NatsEventStreamsProvider} is made. */
export interface NatsEventStreamsOptions extends NatsSource<JetStreamConnection> {
  /** The JetStream stream that all event streams are in, where a link does not name one; default `weblattice-events`. */
  readonly log?: string;
  /** Events of one answer; more are an error. Default 10,000. */
  readonly maxEvents?: number;
  /** Bytes of the events of one answer; more are an error. Default 8 MiB. */
  readonly maxBytes?: number;
}

interface EventsLink extends LinkConnection<JetStreamConnection> {
  readonly log: EventLog;
  readonly followed: readonly LatticeSubscription[];
}

const storedSchema = v.tuple([v.string(), v.record(v.string(), v.string())]);

/**
 * Streams of events. Contracts document 7.11. An event's id is its number in JetStream.
 *
 * Link values: `URL`, `CLIENT_JWT` and `CLIENT_SEED` for a connection of the link's own; `STREAM`, the name of the
 * JetStream stream; `DELIVER`, a comma list of streams whose new events are handed to the actor as `DeliverEvent`. An event
 * that the actor answers with an error comes again, five times at most; hosts that run the actor share them.
 */
export class NatsEventStreamsProvider extends ContractProvider<
  EventStreamsCalls,
  EventStreamsDeliveries,
  EventsLink
> {
  readonly #options: NatsEventStreamsOptions;

  constructor(options: NatsEventStreamsOptions) {
    super(eventStreamsContract);
    this.#options = options;
  }

  protected override readonly handlers: CallHandlers<EventStreamsCalls, CallOrigin<EventsLink>> = {
    WriteEvent: async ({ streamId, values }, { link }) => {
      try {
        const sequence = await link.log.append(await natsName(streamId), encode([streamId, values]));
        return { eventId: String(sequence) };
      } catch (error) {
        return { error: messageOf(error) };
      }
    },
    QueryStream: async ({ streamId, range, count }, { link }) => {
      const { maxEvents = 10_000, maxBytes = 8 * 1024 * 1024 } = this.#options;
      const asked = count === 0 ? maxEvents + 1 : count;
      const events = await link.log.read(await natsName(streamId), {
        ...(range === undefined ? {} : { from: range.minTime, to: range.maxTime }),
        maxEvents: Math.min(asked, maxEvents + 1),
        maxBytes,
      });
      if (events.length > maxEvents) {
        throw new HostError("provider.failure", `The stream has more than ${maxEvents} such events`, {
          hint: "Ask for fewer, or for a shorter time.",
        });
      }
      return { events: events.map(toStreamEvent) };
    },
  };

  protected override async openLink(values: LinkValues, actor: string): Promise<EventsLink> {
    const opened = await openLinkConnection(values, this.#options);
    const followed: LatticeSubscription[] = [];
    try {
      const name = textValue(values, "STREAM") ?? this.#options.log ?? "weblattice-events";
      const log = await opened.connection.jetStream().eventLog(name);
      for (const streamId of listValue(values, "DELIVER"))
        followed.push(await this.#follow(log, streamId, actor));
      return { ...opened, log, followed };
    } catch (error) {
      await closeAll(opened, followed);
      throw error;
    }
  }

  protected override closeLink({ followed, ...opened }: EventsLink): Promise<void> {
    return closeAll(opened, followed);
  }

  async #follow(log: EventLog, streamId: string, actor: string): Promise<LatticeSubscription> {
    return log.follow(await natsName(streamId), {
      name: await digestName(`${actor}\n${streamId}`),
      maxPending: 64,
      onEvent: async (event) => {
        const { error } = await this.deliver(actor, "DeliverEvent", toStreamEvent(event));
        if (error !== undefined) throw new HostError("provider.failure", error);
      },
    });
  }
}

async function closeAll(
  { connection, isShared }: LinkConnection<JetStreamConnection>,
  followed: readonly LatticeSubscription[],
): Promise<void> {
  await Promise.all(followed.map((subscription) => subscription.close()));
  if (!isShared) await connection.close();
}

function toStreamEvent({ sequence, data }: LoggedEvent): StreamEvent {
  const stored = v.safeParse(storedSchema, decoded(data));
  if (!stored.success) {
    throw new HostError(
      "storage.failed",
      `Event ${sequence} cannot be read: something else writes to the stream`,
    );
  }
  const [streamId, values] = stored.output;
  return { eventId: String(sequence), streamId, values };
}

function decoded(data: Uint8Array): unknown {
  try {
    return decode(data);
  } catch {
    return undefined;
  }
}
