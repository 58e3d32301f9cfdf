import { encode } from "@msgpack/msgpack";
import { messageOf } from "../../../src/errors/index.ts";
import { fromHex } from "./hex.ts";
import { jsonErrorAt, placeOf } from "./json-error.ts";

/** How a payload is typed. */
export type PayloadFormat = "json" | "hex";

/** The bytes to send, or what is wrong with the text. */
export type EncodedPayload =
  | { readonly ok: true; readonly bytes: Uint8Array }
  | { readonly ok: false; readonly problem: string };

/** The bytes of a typed payload. JSON becomes MessagePack; nothing typed is no bytes. */
export function encodePayload(text: string, format: PayloadFormat): EncodedPayload {
  if (text.trim() === "") return { ok: true, bytes: new Uint8Array() };
  return format === "hex" ? fromHex(text) : encodeJson(text);
}

function encodeJson(text: string): EncodedPayload {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { ok: false, problem: jsonProblem(text, error) };
  }
  try {
    return { ok: true, bytes: encode(withBytes(value)) };
  } catch (error) {
    return { ok: false, problem: messageOf(error) };
  }
}

function jsonProblem(text: string, error: unknown): string {
  const offset = jsonErrorAt(text);
  if (offset === undefined) return messageOf(error);
  const { line, column } = placeOf(text, offset);
  const found = offset >= text.length ? "the text ends too early" : `“${text[offset]}” was not expected`;
  return `Not JSON: ${found} at line ${line}, column ${column}.`;
}

/** JSON has no bytes: `{"$text": "…"}` and `{"$hex": "…"}` stand for them. */
function withBytes(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withBytes);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value);
  const [first] = entries;
  if (entries.length === 1 && first !== undefined) {
    const [name, content] = first;
    if (name === "$text" || name === "$hex") return bytesOf(name, content);
  }
  return Object.fromEntries(entries.map(([name, item]) => [name, withBytes(item)]));
}

function bytesOf(name: "$text" | "$hex", content: unknown): Uint8Array {
  if (typeof content !== "string") throw new TypeError(`The value of ${name} must be a string.`);
  if (name === "$text") return new TextEncoder().encode(content);
  const result = fromHex(content);
  if (!result.ok) throw new TypeError(`${name}: ${result.problem}`);
  return result.bytes;
}
