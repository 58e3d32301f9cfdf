import * as v from "valibot";
import type { Codec } from "./codec.ts";
import type { Contract, Exchange, NoExchanges } from "./contract.ts";
import {
  decodeMessage,
  decodeValue,
  encodeMessage,
  isMap,
  type MessageOf,
  optionalField,
  readMessage,
  uint32Field,
  uint64Field,
} from "./payload.ts";

/** The contract of the provider that is built into every host. */
export const EXTRAS_CONTRACT = "wasmcloud:extras";

/**
 * A request for a generated value. Two generations of payloads exist (protocol section 5.4): `full` is the five-field
 * map, answered by a map; `bare` is empty or has only `min` and `max`, answered by the value itself.
 */
export type ExtrasRequest =
  | { readonly form: "bare"; readonly random: boolean; readonly min: number; readonly max: number }
  | { readonly form: "full"; readonly random: boolean; readonly min: number; readonly max: number };

/** What the provider made; members that were not asked for are absent. */
export interface GeneratedValue {
  readonly guid?: string;
  readonly sequence?: number;
  readonly random?: number;
}

const fullFields = {
  guid: v.boolean(),
  sequence: v.boolean(),
  random: v.boolean(),
  min: uint32Field,
  max: uint32Field,
};
const rangeFields = { min: uint32Field, max: uint32Field };

/** @throws HostError `provider.bad_request`. */
export function decodeExtrasRequest(payload: Uint8Array): ExtrasRequest {
  if (payload.length === 0) return { form: "bare", random: false, min: 0, max: 0 };
  const value = decodeValue(payload);
  const isRange =
    typeof value === "object" &&
    value !== null &&
    !["guid", "sequence", "random"].some((name) => name in value);
  if (isRange && !Array.isArray(value)) {
    return { form: "bare", random: true, ...decodeMessage(rangeFields, payload) };
  }
  const { random, min, max }: MessageOf<typeof fullFields> = decodeMessage(fullFields, payload);
  return { form: "full", random, min, max };
}

/** The answer in the form of the request. */
export function encodeGeneratedValue(form: ExtrasRequest["form"], value: GeneratedValue): Uint8Array {
  if (form === "bare") return encodeMessage(value.guid ?? value.sequence ?? value.random ?? 0);
  return encodeMessage({
    guid: value.guid ?? null,
    sequenceNumber: value.sequence ?? 0,
    random_number: value.random ?? 0,
  });
}

/** The answer to one request. */
export interface ExtrasReply {
  readonly form: ExtrasRequest["form"];
  readonly value: GeneratedValue;
}

type ExtrasExchange = Exchange<ExtrasRequest, ExtrasReply>;
export type ExtrasCalls = {
  readonly RequestGuid: ExtrasExchange;
  readonly RequestRandom: ExtrasExchange;
  readonly RequestSequence: ExtrasExchange;
};

/** Unique ids, random numbers and sequences, in both generations of payloads. Contracts document 7.10. */
export const extrasContract: Contract<ExtrasCalls, NoExchanges> = {
  id: EXTRAS_CONTRACT,
  calls: {
    RequestGuid: extrasExchange("guid"),
    RequestRandom: extrasExchange("random"),
    RequestSequence: extrasExchange("sequence"),
  },
  deliveries: {},
};

function extrasExchange(member: keyof GeneratedValue): ExtrasExchange {
  return { request: requestCodec(member), reply: replyCodec(member) };
}

function requestCodec(member: keyof GeneratedValue): Codec<ExtrasRequest> {
  return {
    encode: ({ form, random, min, max }) => {
      if (form === "bare") return random ? encodeMessage({ min, max }) : new Uint8Array(0);
      return encodeMessage({ guid: member === "guid", sequence: member === "sequence", random, min, max });
    },
    decode: decodeExtrasRequest,
  };
}

const resultFields = {
  guid: optionalField(v.string()),
  sequenceNumber: uint64Field,
  random_number: uint32Field,
};
const bareFields: { [Member in keyof GeneratedValue]-?: v.GenericSchema } = {
  guid: v.string(),
  sequence: uint64Field,
  random: uint32Field,
};

function replyCodec(member: keyof GeneratedValue): Codec<ExtrasReply> {
  return {
    encode: ({ form, value }) => encodeGeneratedValue(form, value),
    decode: (payload) => {
      const value = decodeValue(payload);
      if (!isMap(value)) {
        return { form: "bare", value: readMessage({ [member]: bareFields[member] }, { [member]: value }) };
      }
      const { guid, sequenceNumber, random_number } = readMessage(resultFields, value);
      const numbers = { sequence: sequenceNumber, random: random_number };
      return { form: "full", value: guid === undefined ? numbers : { guid, ...numbers } };
    },
  };
}
