import { joined } from "../bytes/index.ts";
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
  const digest = new Uint8Array(await subtle().digest("SHA-256", wholeOf(parts)));
  let text = "";
  for (const byte of digest) text += HEX[byte];
  return text;
}

/** One part is hashed where it is, unless its memory is shared: WebCrypto refuses that. */
function wholeOf(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const [only] = parts;
  const isOne = only !== undefined && parts.length === 1 && only.buffer instanceof ArrayBuffer;
  return isOne ? (only as Uint8Array<ArrayBuffer>) : joined(parts);
}

function subtle(): SubtleCrypto {
  const available: SubtleCrypto | undefined = crypto.subtle;
  if (available !== undefined) return available;
  throw new HostError("host.unsupported", "This page has no WebCrypto", {
    hint: "Serve the page over https, or open it as http://localhost.",
  });
}
