import * as v from "valibot";
import { decodeMessage, decodeValue, encodeMessage, type MessageOf, uint32Field } from "./payload.ts";

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
