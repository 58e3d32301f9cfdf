import * as v from "valibot";
import { type Codec, messageCodec, voidCodec } from "./codec.ts";
import type { Contract, Exchange } from "./contract.ts";
import { bytesField, int64Field, textField } from "./payload.ts";

/** A message, sent or delivered. */
export interface BrokerMessage {
  readonly subject: string;
  /** Where an answer is expected; empty if none is. */
  readonly replyTo: string;
  readonly body: Uint8Array;
}

/** A message that wants an answer. */
export interface MessageRequest {
  readonly subject: string;
  readonly body: Uint8Array;
  /** Milliseconds to wait for the answer. */
  readonly timeout: number;
}

/**
 * The answer to a request. First-party providers send its body alone, which guests of the typed interface trap on
 * unless the body happens to be a message: `raw` is for guests that were written against that.
 */
export interface MessageReply extends BrokerMessage {
  /** Default false. */
  readonly raw?: boolean;
}

export interface PublishReply {
  readonly published: boolean;
}

const subject = textField(4_096);
const brokerMessageCodec: Codec<BrokerMessage> = messageCodec<BrokerMessage>({
  subject,
  replyTo: subject,
  body: bytesField,
});

const messageReplyCodec: Codec<MessageReply> = {
  encode: (reply) => (reply.raw === true ? reply.body : brokerMessageCodec.encode(reply)),
  decode: (payload) => brokerMessageCodec.decode(payload),
};

export type MessagingCalls = {
  readonly Publish: Exchange<BrokerMessage, PublishReply>;
  readonly Request: Exchange<MessageRequest, MessageReply>;
};
export type MessagingDeliveries = { readonly HandleMessage: Exchange<BrokerMessage, void> };

/** Messages by subject. Contracts document 7.4. */
export const messagingContract: Contract<MessagingCalls, MessagingDeliveries> = {
  id: "wasmcloud:messaging",
  calls: {
    Publish: {
      request: brokerMessageCodec,
      reply: messageCodec<PublishReply>({ published: v.boolean() }),
    },
    Request: {
      request: messageCodec<MessageRequest>({ subject, body: bytesField, timeout: int64Field }),
      reply: messageReplyCodec,
    },
  },
  deliveries: { HandleMessage: { request: brokerMessageCodec, reply: voidCodec } },
};
