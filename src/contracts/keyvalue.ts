import * as v from "valibot";
import { messageCodec } from "./codec.ts";
import { answerCall, type CallHandlers, type Contract, type Exchange, type NoExchanges } from "./contract.ts";
import { int32Field } from "./payload.ts";

/** The contract of key-value stores. Contracts document 7.6. */
export const KEYVALUE_CONTRACT = "wasmcloud:keyvalue";

const text = v.string();
const texts = v.array(text);
const keyFields = { key: text };
const entryFields = { key: text, value: text };

interface Key {
  key: string;
}
interface Entry {
  key: string;
  value: string;
}
interface Keys {
  keys: string[];
}
interface Found {
  value: string;
  exists: boolean;
}
interface Values {
  values: string[];
}

const keyCodec = messageCodec<Key>(keyFields);
const entryCodec = messageCodec<Entry>(entryFields);
const keysCodec = messageCodec<Keys>({ keys: v.pipe(texts, v.maxLength(1_024)) });
const foundCodec = messageCodec<Found>({ value: text, exists: v.boolean() });
const valuesCodec = messageCodec<Values>({ values: texts });
const listCountCodec = messageCodec<{ newCount: number }>({ newCount: int32Field });
const setCountCodec = messageCodec<{ new_count: number }>({ new_count: int32Field });

/** The operations, all called by actors. Field names as the interface spells them: `newCount` and `new_count`. */
export type KeyValueCalls = {
  readonly Get: Exchange<Key, Found>;
  readonly Add: Exchange<{ key: string; value: number }, { value: number }>;
  readonly Set: Exchange<{ key: string; value: string; expires: number }, { value: string }>;
  readonly Del: Exchange<Key, Key>;
  readonly Clear: Exchange<Key, Key>;
  readonly Range: Exchange<{ key: string; start: number; stop: number }, Values>;
  readonly Push: Exchange<Entry, { newCount: number }>;
  readonly ListItemDelete: Exchange<Entry, { newCount: number }>;
  readonly SetAdd: Exchange<Entry, { new_count: number }>;
  readonly SetRemove: Exchange<Entry, { new_count: number }>;
  readonly SetUnion: Exchange<Keys, Values>;
  readonly SetIntersection: Exchange<Keys, Values>;
  readonly SetQuery: Exchange<Key, Values>;
  readonly KeyExists: Exchange<Key, Found>;
};

/** Values, counters, lists and sets under keys. Contracts document 7.6. */
export const keyValueContract: Contract<KeyValueCalls, NoExchanges> = {
  id: KEYVALUE_CONTRACT,
  calls: {
    Get: { request: keyCodec, reply: foundCodec },
    Add: {
      request: messageCodec<{ key: string; value: number }>({ key: text, value: int32Field }),
      reply: messageCodec<{ value: number }>({ value: int32Field }),
    },
    Set: {
      request: messageCodec<{ key: string; value: string; expires: number }>({
        ...entryFields,
        expires: int32Field,
      }),
      reply: messageCodec<{ value: string }>({ value: text }),
    },
    Del: { request: keyCodec, reply: keyCodec },
    Clear: { request: keyCodec, reply: keyCodec },
    Range: {
      request: messageCodec<{ key: string; start: number; stop: number }>({
        ...keyFields,
        start: int32Field,
        stop: int32Field,
      }),
      reply: valuesCodec,
    },
    Push: { request: entryCodec, reply: listCountCodec },
    ListItemDelete: { request: entryCodec, reply: listCountCodec },
    SetAdd: { request: entryCodec, reply: setCountCodec },
    SetRemove: { request: entryCodec, reply: setCountCodec },
    SetUnion: { request: keysCodec, reply: valuesCodec },
    SetIntersection: { request: keysCodec, reply: valuesCodec },
    SetQuery: { request: keyCodec, reply: valuesCodec },
    KeyExists: { request: keyCodec, reply: foundCodec },
  },
  deliveries: {},
};

/** A store: one method for each operation. A thrown error's text reaches the actor. */
export type KeyValueHandlers = CallHandlers<KeyValueCalls, undefined>;

/**
 * Decodes a request, has it handled, and encodes the answer.
 *
 * @throws HostError `provider.unknown_operation` with the text `bad dispatch`, `provider.bad_request`, or what the
 *   handler throws.
 */
export function dispatchKeyValue(
  handlers: KeyValueHandlers,
  operation: string,
  payload: Uint8Array,
): Promise<Uint8Array> {
  return answerCall(keyValueContract.calls, handlers, { operation, payload, context: undefined });
}
