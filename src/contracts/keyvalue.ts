import * as v from "valibot";
import { HostError } from "../errors/index.ts";
import { decodeMessage, encodeMessage, int32Field, type MessageFields, type MessageOf } from "./payload.ts";

/** The contract of key-value stores. Contracts document 7.6. */
export const KEYVALUE_CONTRACT = "wasmcloud:keyvalue";

const text = v.string();
const key: { key: v.GenericSchema<unknown, string> } = { key: text };
const entry: { key: v.GenericSchema<unknown, string>; value: v.GenericSchema<unknown, string> } = {
  key: text,
  value: text,
};
const keys: { keys: v.GenericSchema<unknown, string[]> } = {
  keys: v.pipe(v.array(text), v.maxLength(1_024)),
};

type Key = typeof key;
type Entry = typeof entry;
type Keys = typeof keys;

/** The request fields of every operation. */
interface Requests extends Record<string, MessageFields> {
  Get: Key;
  Add: Key & { value: v.GenericSchema<unknown, number> };
  Set: Entry & { expires: v.GenericSchema<unknown, number> };
  Del: Key;
  Clear: Key;
  Range: Key & { start: v.GenericSchema<unknown, number>; stop: v.GenericSchema<unknown, number> };
  Push: Entry;
  ListItemDelete: Entry;
  SetAdd: Entry;
  SetRemove: Entry;
  SetUnion: Keys;
  SetIntersection: Keys;
  SetQuery: Key;
  KeyExists: Key;
}

const requests: Requests = {
  Get: key,
  Add: { ...key, value: int32Field },
  Set: { ...entry, expires: int32Field },
  Del: key,
  Clear: key,
  Range: { ...key, start: int32Field, stop: int32Field },
  Push: entry,
  ListItemDelete: entry,
  SetAdd: entry,
  SetRemove: entry,
  SetUnion: keys,
  SetIntersection: keys,
  SetQuery: key,
  KeyExists: key,
};

/** The name of an operation of this contract. */
export type KeyValueOperation =
  | "Get"
  | "Add"
  | "Set"
  | "Del"
  | "Clear"
  | "Range"
  | "Push"
  | "ListItemDelete"
  | "SetAdd"
  | "SetRemove"
  | "SetUnion"
  | "SetIntersection"
  | "SetQuery"
  | "KeyExists";

/** The decoded request of an operation. */
export type KeyValueRequest<Operation extends KeyValueOperation> = MessageOf<Requests[Operation]>;

/** The answer of each operation. Field names as the interface spells them: `newCount` and `new_count` both exist. */
export interface KeyValueReplies {
  Get: { value: string; exists: boolean };
  Add: { value: number };
  Set: { value: string };
  Del: { key: string };
  Clear: { key: string };
  Range: { values: string[] };
  Push: { newCount: number };
  ListItemDelete: { newCount: number };
  SetAdd: { new_count: number };
  SetRemove: { new_count: number };
  SetUnion: { values: string[] };
  SetIntersection: { values: string[] };
  SetQuery: { values: string[] };
  KeyExists: { value: string; exists: boolean };
}

/** A store: one method for each operation. A thrown error's text reaches the actor. */
export type KeyValueHandlers = {
  readonly [Operation in KeyValueOperation]: (
    request: KeyValueRequest<Operation>,
  ) => KeyValueReplies[Operation] | Promise<KeyValueReplies[Operation]>;
};

/**
 * Decodes a request, has it handled, and encodes the answer.
 *
 * @throws HostError `provider.unknown_operation` with the text `bad dispatch`, `provider.bad_request`, or what the
 *   handler throws.
 */
export async function dispatchKeyValue(
  handlers: KeyValueHandlers,
  operation: string,
  payload: Uint8Array,
): Promise<Uint8Array> {
  if (!isOperation(operation)) throw new HostError("provider.unknown_operation", "bad dispatch");
  return dispatchKnown(handlers, operation, payload);
}

async function dispatchKnown<Operation extends KeyValueOperation>(
  handlers: KeyValueHandlers,
  operation: Operation,
  payload: Uint8Array,
): Promise<Uint8Array> {
  const request = decodeMessage(requests[operation], payload) as KeyValueRequest<Operation>;
  return encodeMessage(await handlers[operation](request));
}

function isOperation(operation: string): operation is KeyValueOperation {
  return Object.hasOwn(requests, operation);
}
