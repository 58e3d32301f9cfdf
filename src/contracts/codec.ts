import { decodeMessage, encodeMessage, type FieldsOf, type MessageFields } from "./payload.ts";

/** One kind of message, both ways. */
export interface Codec<T> {
  encode(value: T): Uint8Array;
  /** @throws HostError `provider.bad_request` with a text that starts with `Failed to de-serialize: `. */
  decode(payload: Uint8Array): T;
}

/**
 * A message that is a map of named fields, written in the order given here. Contracts document 7.0.
 *
 * @param wire - what is written instead of the value, for messages whose members are messages.
 */
export function messageCodec<T extends object>(
  fields: FieldsOf<T>,
  wire: (value: T) => object = (value) => value,
): Codec<T> {
  const names = Object.keys(fields);
  return {
    encode: (value) => {
      const members = wire(value) as Readonly<Record<string, unknown>>;
      return encodeMessage(Object.fromEntries(names.map((name) => [name, members[name] ?? null])));
    },
    decode: (payload) => decodeMessage(fields as MessageFields, payload) as T,
  };
}

/** No result: zero bytes. What a Rust actor answers, the byte `c0`, is not looked at. */
export const voidCodec: Codec<void> = {
  encode: () => new Uint8Array(0),
  decode: () => undefined,
};
