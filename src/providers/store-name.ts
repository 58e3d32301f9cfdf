const MAX_LENGTH = 360;
const PLAIN = /[A-Za-z0-9_.~-]/;

/** Any text as a part of a store's key: printable ASCII without `/`, bounded, and another one for every other text. */
export async function storeName(text: string): Promise<string> {
  const bytes = new TextEncoder().encode(text);
  let name = "";
  for (const byte of bytes) {
    if (name.length > MAX_LENGTH) return `#${await sha256(bytes)}`;
    const character = String.fromCharCode(byte);
    name += PLAIN.test(character) ? character : `%${byte.toString(16).padStart(2, "0")}`;
  }
  return name;
}

async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
