/** What a decoder accepts at most. Anything larger is refused before memory is taken for it. */
export interface WireLimits {
  /** Bytes of a whole message; default 1,048,576, what a NATS server allows unless told otherwise. */
  readonly maxMessageBytes: number;
  /** UTF-8 bytes of one text, such as an operation, an id or a token; default 65,536. */
  readonly maxTextBytes: number;
}

/** Limits for the RPC plane. */
export const DEFAULT_WIRE_LIMITS: WireLimits = Object.freeze({
  maxMessageBytes: 1_048_576,
  maxTextBytes: 65_536,
});

/** Limits for the cache plane, whose values are whole JSON documents (protocol section 10.1). */
export const DEFAULT_CACHE_LIMITS: WireLimits = Object.freeze({
  maxMessageBytes: 1_048_576,
  maxTextBytes: 524_288,
});
