import { HostError } from "../errors/index.ts";

/** Every byte in hexadecimal. */
const HEX: readonly string[] = Array.from({ length: 256 }, (_, byte) =>
  byte.toString(16).padStart(2, "0").toUpperCase(),
);

/**
 * SHA-256 over parts as if they were one, in upper-case hexadecimal: the form of every hash in signed claims.
 * @throws HostError `host.unsupported` in a page without a secure context
 */
export async function sha256Hex(...parts: readonly Uint8Array[]): Promise<string> {
  const digest = new Uint8Array(await subtle().digest("SHA-256", joined(parts)));
  let text = "";
  for (const byte of digest) text += HEX[byte];
  return text;
}

/** Parts as one piece of unshared memory. */
export function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

function subtle(): SubtleCrypto {
  const available: SubtleCrypto | undefined = crypto.subtle;
  if (available !== undefined) return available;
  throw new HostError("host.unsupported", "This page has no WebCrypto", {
    hint: "Serve the page over https, or open it as http://localhost.",
  });
}
