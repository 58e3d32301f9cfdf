import { HostError, messageOf } from "../errors/index.ts";

const STRING_AND_COLON = /"(?:[^"\\]|\\.)*"\s*(:?)/g;

/**
 * The JSON value in UTF-8 bytes. As strict as the first-party reader: no byte order mark, no key twice in an object.
 * @throws HostError `jwt.malformed` with the texts of protocol section 4.5, rows 3 and 7
 */
export function parseJson(bytes: Uint8Array): unknown {
  const text = decodeUtf8(bytes);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new HostError("jwt.malformed", `Serialization error: ${messageOf(cause)}`, { cause });
  }
  if (countKeys(value) !== countWrittenKeys(text)) {
    throw new HostError("jwt.malformed", "Serialization error: duplicate field");
  }
  return value;
}

/**
 * The text in UTF-8 bytes.
 * @throws HostError `jwt.malformed`
 */
export function decodeUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new HostError("jwt.malformed", `UTF8 error: ${messageOf(cause)}`, { cause });
  }
}

/** Keys in the text: in valid JSON, the strings that a colon follows. */
function countWrittenKeys(text: string): number {
  let count = 0;
  for (const match of text.matchAll(STRING_AND_COLON)) if (match[1] === ":") count += 1;
  return count;
}

/** Keys in the value. Without recursion: nesting may be as deep as the text is long. */
function countKeys(value: unknown): number {
  let count = 0;
  const pending: unknown[] = [value];
  while (pending.length > 0) {
    const next = pending.pop();
    if (typeof next !== "object" || next === null) continue;
    const members: unknown[] = Object.values(next);
    if (!Array.isArray(next)) count += members.length;
    for (const member of members) pending.push(member);
  }
  return count;
}
