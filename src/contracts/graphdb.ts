import * as v from "valibot";
import { type Codec, messageCodec } from "./codec.ts";
import type { Contract, Exchange, NoExchanges } from "./contract.ts";
import { encodeGraphReply, type GraphReply, graphReplyFields } from "./graphdb-result.ts";
import { decodeMessage, textField } from "./payload.ts";

export interface QueryGraphRequest {
  readonly graphName: string;
  /** Passed on as it is; openCypher. */
  readonly query: string;
}

export interface DeleteGraphRequest {
  readonly graphName: string;
}

export interface DeleteGraphReply {
  readonly success: boolean;
}

const graphName = textField(4_096);

const replyCodec: Codec<GraphReply> = {
  encode: encodeGraphReply,
  decode: (payload) => decodeMessage(graphReplyFields, payload),
};

export type GraphDbCalls = {
  readonly QueryGraph: Exchange<QueryGraphRequest, GraphReply>;
  readonly DeleteGraph: Exchange<DeleteGraphRequest, DeleteGraphReply>;
};

/** Graphs that are asked in openCypher. Contracts document 7.7. */
export const graphDbContract: Contract<GraphDbCalls, NoExchanges> = {
  id: "wasmcloud:graphdb",
  calls: {
    QueryGraph: {
      request: messageCodec<QueryGraphRequest>({ graphName, query: textField(1_048_576) }),
      reply: replyCodec,
    },
    DeleteGraph: {
      request: messageCodec<DeleteGraphRequest>({ graphName }),
      reply: messageCodec<DeleteGraphReply>({ success: v.boolean() }),
    },
  },
  deliveries: {},
};
