/** Any text as a key or topic: letters, digits, `-`, `_` and `=`, bounded, and another one for every other text. */
export async function natsName(text: string): Promise<string> {
  const bytes = new TextEncoder().encode(text);
  // `=` is not in the alphabet of base64url without padding.
  if (bytes.length === 0) return "=";
  if (bytes.length <= 512) return base64url(bytes);
  return `=${await digestName(text)}`;
}

/** A text as 43 letters, digits, `-` and `_`, from which it cannot be told. */
export async function digestName(text: string): Promise<string> {
  return base64url(new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text))));
}

function base64url(bytes: Uint8Array): string {
  const text = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
  return text.replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}
