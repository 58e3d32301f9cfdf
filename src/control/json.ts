import * as v from "valibot";
import { HostError, messageOf } from "../errors/index.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Reasons quote what was received: longer ones are cut. */
const MAX_REASON_CHARS = 300;

/** A name, key, reference or address: at most 4,096 UTF-16 units. */
export const text: v.GenericSchema<unknown, string> = v.pipe(v.string(), v.maxLength(4_096));

/** A sentence for people: at most 65,536 UTF-16 units. */
export const longText: v.GenericSchema<unknown, string> = v.pipe(v.string(), v.maxLength(65_536));

/** Whole numbers that a 32-bit revision can have. */
export const revision: v.GenericSchema<unknown, number> = v.pipe(
  v.number(),
  v.integer(),
  v.minValue(-(2 ** 31)),
  v.maxValue(2 ** 31 - 1),
);

/**
 * An object whose members all fit a schema. The result has no prototype, so that a member may have any name and only
 * what was sent is found: a record of valibot drops `__proto__` and `constructor` silently.
 */
export function mapOf<T>(
  member: v.GenericSchema<unknown, T>,
  maxMembers: number,
): v.GenericSchema<unknown, Readonly<Record<string, T>>> {
  return v.pipe(
    v.custom<object>(
      (value) => typeof value === "object" && value !== null && !Array.isArray(value),
      "Invalid type: Expected an object",
    ),
    v.transform((value): [unknown, unknown][] => Object.entries(value)),
    v.maxLength(maxMembers, `More than ${maxMembers} members`),
    v.array(v.tuple([text, member])),
    v.transform((entries) => {
      const map: Record<string, T> = Object.create(null);
      for (const [name, value] of entries) map[name] = value;
      return map;
    }),
  );
}

/** Texts by name, at most 1,024: labels, constraints, link values. */
export const textMap: v.GenericSchema<unknown, Readonly<Record<string, string>>> = mapOf(longText, 1_024);

/** A message as compact JSON in UTF-8, members in the order of the value's. Protocol section 3.6. */
export function encodeJson(value: unknown): Uint8Array {
  return encoder.encode(JSON.stringify(value));
}

/**
 * Reads a message; unknown members are ignored.
 *
 * @param maxBytes - longer messages are not even parsed.
 * @throws HostError `input.invalid` or `input.too_large`, whose text is the reason alone.
 */
export function decodeJson<T>(schema: v.GenericSchema<unknown, T>, data: Uint8Array, maxBytes: number): T {
  if (data.length > maxBytes) throw new HostError("input.too_large", `message of ${data.length} bytes`);
  let value: unknown;
  try {
    value = JSON.parse(decoder.decode(data));
  } catch (error) {
    throw new HostError("input.invalid", messageOf(error).slice(0, MAX_REASON_CHARS), { cause: error });
  }
  // An array would pass for an object whose members may all be absent.
  if (Array.isArray(value)) throw new HostError("input.invalid", "message: Expected an object, not an array");
  const result = v.safeParse(schema, value, { abortEarly: true });
  if (result.success) return result.output;
  const [issue] = result.issues;
  const reason = `${v.getDotPath(issue) ?? "message"}: ${issue.message}`;
  throw new HostError("input.invalid", reason.slice(0, MAX_REASON_CHARS));
}
