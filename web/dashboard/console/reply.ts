import { decode } from "@msgpack/msgpack";
import { checkShape } from "../../../src/contracts/index.ts";
import { readableText, valueText } from "./value-text.ts";

const textLimit = 64 * 1024;

/** What a reply turns out to be. */
export type Reply =
  | { readonly kind: "empty" }
  | { readonly kind: "http"; readonly response: HttpResponse }
  | { readonly kind: "value"; readonly text: string }
  /** Not MessagePack, but readable. */
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "bytes" };

/** The answer of an actor to `HandleRequest`. Protocol section 3.7. */
export interface HttpResponse {
  readonly statusCode: number;
  readonly status: string;
  readonly header: readonly (readonly [string, string])[];
  readonly body: Uint8Array;
  /** The body's text if it is readable; JSON is laid out. */
  readonly bodyText?: string;
}

/** Reads a reply for showing. */
export function readReply(bytes: Uint8Array): Reply {
  if (bytes.length === 0) return { kind: "empty" };
  let value: unknown;
  try {
    // The decoder makes room for whatever a header promises.
    checkShape(bytes);
    value = decode(bytes, { useBigInt64: true }); // else large numbers would be shown wrong
  } catch {
    const text = readableText(bytes);
    return text === undefined ? { kind: "bytes" } : { kind: "text", text: cut(laidOut(text)) };
  }
  const response = asHttpResponse(value);
  return response === undefined ? { kind: "value", text: cut(valueText(value)) } : { kind: "http", response };
}

function asHttpResponse(value: unknown): HttpResponse | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  if (!("statusCode" in value && "status" in value && "header" in value && "body" in value)) return undefined;
  const { statusCode, status, header } = value;
  const body = asBytes(value.body);
  if (typeof statusCode !== "number" || typeof status !== "string" || body === undefined) return undefined;
  if (typeof header !== "object" || header === null) return undefined;
  const bodyText = readableText(body);
  return {
    statusCode,
    status,
    header: Object.entries(header).map(([name, text]) => [name, String(text)] as const),
    body,
    ...(bodyText === undefined ? {} : { bodyText: cut(laidOut(bodyText)) }),
  };
}

/** Some actors write bytes as a list of numbers. Protocol section 3.2. */
function asBytes(value: unknown): Uint8Array | undefined {
  if (value instanceof Uint8Array) return value;
  const isList =
    Array.isArray(value) && value.every((item) => Number.isInteger(item) && item >= 0 && item < 256);
  return isList ? Uint8Array.from(value) : undefined;
}

function laidOut(text: string): string {
  if (!/^\s*[[{]/.test(text)) return text;
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text; // only looks like JSON
  }
}

function cut(text: string): string {
  return text.length > textLimit
    ? `${text.slice(0, textLimit)}\n… ${text.length - textLimit} more characters`
    : text;
}
