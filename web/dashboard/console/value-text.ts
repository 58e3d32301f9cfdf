import { ExtData } from "@msgpack/msgpack";
import { toHex } from "./hex.ts";

const bytesLimit = 1_024;
const lineLength = 72;

/** A decoded MessagePack value in the notation of the payload editor: JSON with `$text` and `$hex` for bytes. */
export function valueText(value: unknown, indent: string = ""): string {
  if (value instanceof Uint8Array) return bytesText(value);
  if (value instanceof Date) return JSON.stringify(value.toISOString());
  if (value instanceof ExtData) {
    const data = typeof value.data === "function" ? value.data(0) : value.data;
    return `{"$ext": ${value.type}, "$hex": "${toHex(data)}"}`;
  }
  if (Array.isArray(value))
    return listText(
      value.map((item) => valueText(item, `${indent}  `)),
      "[]",
      indent,
    );
  if (typeof value === "object" && value !== null) {
    const members = Object.entries(value).map(
      ([name, item]) => `${JSON.stringify(name)}: ${valueText(item, `${indent}  `)}`,
    );
    return listText(members, "{}", indent);
  }
  return typeof value === "string" ? JSON.stringify(value) : String(value);
}

/** The text of bytes that are readable UTF-8, or undefined. */
export function readableText(bytes: Uint8Array): string | undefined {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return /[^\P{Cc}\n\r\t]/u.test(text) ? undefined : text;
  } catch {
    return undefined; // not UTF-8
  }
}

function bytesText(bytes: Uint8Array): string {
  const text = readableText(bytes);
  const head = bytes.subarray(0, bytesLimit);
  const rest = bytes.length > bytesLimit ? ` /* ${bytes.length - bytesLimit} more bytes */` : "";
  return text === undefined
    ? `{"$hex": "${toHex(head)}"${rest}}`
    : `{"$text": ${JSON.stringify(text.slice(0, bytesLimit))}${rest}}`;
}

function listText(items: readonly string[], [open, close]: string, indent: string): string {
  const line = `${open}${items.join(", ")}${close}`;
  if (items.length === 0 || (line.length + indent.length <= lineLength && !line.includes("\n"))) return line;
  return `${open}\n${items.map((item) => `${indent}  ${item}`).join(",\n")}\n${indent}${close}`;
}
