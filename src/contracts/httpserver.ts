import { type Codec, messageCodec } from "./codec.ts";
import type { Contract, Exchange, NoExchanges } from "./contract.ts";
import { bytesField, textField, textMapField, uint32Field } from "./payload.ts";

/** A request as an actor gets it. */
export interface HttpRequest {
  /** Upper case. */
  readonly method: string;
  /** Percent-encoded as received, without query. */
  readonly path: string;
  /** Without `?`; empty if there is none. */
  readonly queryString: string;
  /** Lower-case names. */
  readonly header: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** What an actor, or another web server, answers. */
export interface HttpResponse {
  readonly statusCode: number;
  /** The reason phrase; servers do not look at it. */
  readonly status: string;
  readonly header: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** Entries of a map of headers, and characters of each name and value. */
export const headersField: ReturnType<typeof textMapField> = textMapField(1_024, 65_536);

export const httpResponseCodec: Codec<HttpResponse> = messageCodec<HttpResponse>({
  statusCode: uint32Field,
  status: textField(1_024),
  header: headersField,
  body: bytesField,
});

const httpRequestCodec = messageCodec<HttpRequest>({
  method: textField(64),
  path: textField(65_536),
  queryString: textField(65_536),
  header: headersField,
  body: bytesField,
});

export type HttpServerDeliveries = { readonly HandleRequest: Exchange<HttpRequest, HttpResponse> };

/** Web servers whose answers come from actors. Contracts document 7.2. */
export const httpServerContract: Contract<NoExchanges, HttpServerDeliveries> = {
  id: "wasmcloud:httpserver",
  calls: {},
  deliveries: { HandleRequest: { request: httpRequestCodec, reply: httpResponseCodec } },
};
