import * as v from "valibot";
import { type Codec, messageCodec } from "./codec.ts";
import type { Contract, Exchange } from "./contract.ts";
import { optionalField, structField, textField, textMapField, uint64Field } from "./payload.ts";

/** Something that happened, as it is written. */
export interface WriteEventRequest {
  readonly streamId: string;
  readonly values: Readonly<Record<string, string>>;
}

/** An event of a stream. */
export interface StreamEvent {
  readonly eventId: string;
  readonly streamId: string;
  readonly values: Readonly<Record<string, string>>;
}

/** A span of time, both ends included, in milliseconds since the epoch. */
export interface TimeRange {
  readonly minTime: number;
  readonly maxTime: number;
}

export interface QueryStreamRequest {
  readonly streamId: string;
  /** Default: all times. */
  readonly range?: TimeRange | undefined;
  /** Events at most; 0: all. */
  readonly count: number;
}

/** Failures come inside the answer. */
export interface EventAck {
  readonly eventId?: string | undefined;
  readonly error?: string | undefined;
}

export interface EventList {
  readonly events: readonly StreamEvent[];
}

const streamId = textField(4_096);
const values = textMapField(1_024, 1_048_576);
const eventFields = { eventId: textField(4_096), streamId, values };
const eventCodec: Codec<StreamEvent> = messageCodec<StreamEvent>(eventFields);
const ackCodec: Codec<EventAck> = messageCodec<EventAck>({
  eventId: optionalField(textField(4_096)),
  error: optionalField(textField(65_536)),
});

export type EventStreamsCalls = {
  readonly WriteEvent: Exchange<WriteEventRequest, EventAck>;
  readonly QueryStream: Exchange<QueryStreamRequest, EventList>;
};
export type EventStreamsDeliveries = { readonly DeliverEvent: Exchange<StreamEvent, EventAck> };

/** Streams of events that are kept. Contracts document 7.11. */
export const eventStreamsContract: Contract<EventStreamsCalls, EventStreamsDeliveries> = {
  id: "wasmcloud:eventstreams",
  calls: {
    WriteEvent: { request: messageCodec<WriteEventRequest>({ streamId, values }), reply: ackCodec },
    QueryStream: {
      request: messageCodec<QueryStreamRequest>({
        streamId,
        range: optionalField(structField<TimeRange>({ minTime: uint64Field, maxTime: timeField() })),
        count: timeField(),
      }),
      reply: messageCodec<EventList>({
        events: v.pipe(v.array(structField<StreamEvent>(eventFields)), v.maxLength(1_048_576)),
      }),
    },
  },
  deliveries: { DeliverEvent: { request: eventCodec, reply: ackCodec } },
};

/** An upper bound: guests say the largest 64-bit number for none, which is not exact as a number, but large. */
function timeField(): v.GenericSchema<unknown, number> {
  return v.pipe(v.number(), v.integer(), v.minValue(0));
}
