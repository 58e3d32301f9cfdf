import { undecodable } from "./undecodable.ts";

/** `ignoreBOM` keeps a leading U+FEFF: a decoder must not change what was sent. */
const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
/** Texts up to this length are read character by character: faster than the decoder's call overhead. */
const SHORT_TEXT = 48;

/** UTF-8 text in the middle of a message. */
export function decodeText(bytes: Uint8Array, start: number, length: number): string {
  if (length <= SHORT_TEXT) {
    const short = decodeAscii(bytes, start, length);
    if (short !== undefined) return short;
  }
  try {
    return UTF8.decode(bytes.subarray(start, start + length));
  } catch {
    // The decoder's own text differs from engine to engine and says no more.
    throw undecodable("text is not valid UTF-8");
  }
}

function decodeAscii(bytes: Uint8Array, start: number, length: number): string | undefined {
  let text = "";
  for (let i = start; i < start + length; i++) {
    const byte = bytes[i] as number;
    if (byte >= 0x80) return undefined;
    text += String.fromCharCode(byte);
  }
  return text;
}

/** Whether a stretch of a message equals other bytes. */
export function equalBytes(bytes: Uint8Array, start: number, length: number, other: Uint8Array): boolean {
  if (length !== other.length) return false;
  for (let i = 0; i < length; i++) if (bytes[start + i] !== other[i]) return false;
  return true;
}
