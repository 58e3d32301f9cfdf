import { messageCodec } from "./codec.ts";
import type { Contract, Exchange, NoExchanges } from "./contract.ts";
import { type HttpResponse, headersField, httpResponseCodec } from "./httpserver.ts";
import { bytesField, textField } from "./payload.ts";

/** A request that an actor has made. */
export interface HttpClientRequest {
  /** Upper case. */
  readonly method: string;
  /** Absolute. */
  readonly url: string;
  /** Here `headers`; in the response `header`. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

export type HttpClientCalls = { readonly Request: Exchange<HttpClientRequest, HttpResponse> };

/** Requests to web servers. Contracts document 7.3. */
export const httpClientContract: Contract<HttpClientCalls, NoExchanges> = {
  id: "wasmcloud:httpclient",
  calls: {
    Request: {
      request: messageCodec<HttpClientRequest>({
        method: textField(64),
        url: textField(65_536),
        headers: headersField,
        body: bytesField,
      }),
      reply: httpResponseCodec,
    },
  },
  deliveries: {},
};
