import * as v from "valibot";
import { messageCodec, voidCodec } from "./codec.ts";
import type { Contract, Exchange, NoExchanges } from "./contract.ts";
import { type HttpClientCalls, httpClientContract } from "./httpclient.ts";
import { bytesField, textField, uint32Field } from "./payload.ts";

/** What a wasm provider is told of its place. */
export type ProviderCalls = {
  /** The key of the actor whose call is being served, or `system`. */
  readonly Caller: Exchange<void, { readonly actor: string }>;
};
export type ProviderStorageCalls = {
  readonly Get: Exchange<{ readonly key: string }, { readonly exists: boolean; readonly value: Uint8Array }>;
  readonly Set: Exchange<{ readonly key: string; readonly value: Uint8Array }, void>;
  readonly Delete: Exchange<{ readonly key: string }, void>;
  readonly List: Exchange<{ readonly prefix: string }, { readonly keys: readonly string[] }>;
};
export type ProviderSocketCalls = {
  /** Answers with the number of the open WebSocket. */
  readonly Open: Exchange<{ readonly url: string }, { readonly socket: number }>;
  readonly Send: Exchange<SocketData, void>;
  readonly Close: Exchange<SocketClose, void>;
};
export type ProviderSocketDeliveries = {
  readonly SocketMessage: Exchange<SocketData, void>;
  readonly SocketClosed: Exchange<SocketClose, void>;
};

/** A message of a WebSocket. */
export interface SocketData {
  readonly socket: number;
  /** It is a text, in UTF-8; else bytes. */
  readonly isText: boolean;
  readonly data: Uint8Array;
}

/** The end of a WebSocket. */
export interface SocketClose {
  readonly socket: number;
  readonly code: number;
  readonly reason: string;
}

const keyFields = { key: textField(4_096) };
const socketData = messageCodec<SocketData>({ socket: uint32Field, isText: v.boolean(), data: bytesField });
const socketClose = messageCodec<SocketClose>({
  socket: uint32Field,
  code: uint32Field,
  reason: textField(4_096),
});

/** Who calls a wasm provider. */
export const providerSelfContract: Contract<ProviderCalls, NoExchanges> = {
  id: "weblattice:provider",
  calls: { Caller: { request: voidCodec, reply: messageCodec({ actor: textField(4_096) }) } },
  deliveries: {},
};

/** Requests of a wasm provider, with the messages of `wasmcloud:httpclient`. */
export const providerHttpContract: Contract<HttpClientCalls, NoExchanges> = {
  ...httpClientContract,
  id: "weblattice:http",
};

/** Data of a wasm provider. */
export const providerStorageContract: Contract<ProviderStorageCalls, NoExchanges> = {
  id: "weblattice:storage",
  calls: {
    Get: {
      request: messageCodec(keyFields),
      reply: messageCodec({ exists: v.boolean(), value: bytesField }),
    },
    Set: {
      request: messageCodec({ ...keyFields, value: bytesField }),
      reply: voidCodec,
    },
    Delete: { request: messageCodec(keyFields), reply: voidCodec },
    List: {
      request: messageCodec({ prefix: textField(4_096) }),
      reply: messageCodec({ keys: v.array(textField(4_096)) }),
    },
  },
  deliveries: {},
};

/** WebSockets of a wasm provider. What comes over them is delivered as operations. */
export const providerSocketContract: Contract<ProviderSocketCalls, ProviderSocketDeliveries> = {
  id: "weblattice:socket",
  calls: {
    Open: {
      request: messageCodec({ url: textField(65_536) }),
      reply: messageCodec({ socket: uint32Field }),
    },
    Send: { request: socketData, reply: voidCodec },
    Close: { request: socketClose, reply: voidCodec },
  },
  deliveries: {
    SocketMessage: { request: socketData, reply: voidCodec },
    SocketClosed: { request: socketClose, reply: voidCodec },
  },
};
