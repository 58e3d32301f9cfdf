/** Bytes as hexadecimal digits without spaces. */
export function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The bytes of hexadecimal text, or what is wrong with it. Spaces, commas, colons and `0x` are skipped. */
export function fromHex(
  text: string,
): { readonly ok: true; readonly bytes: Uint8Array } | { readonly ok: false; readonly problem: string } {
  const wrong = /(?!0x)[^\s,:0-9a-fA-F]/.exec(text.replaceAll(/0[xX]/g, "  "));
  if (wrong !== null) {
    return { ok: false, problem: `“${wrong[0]}” at position ${wrong.index + 1} is not a hexadecimal digit.` };
  }
  const digits = text.replaceAll(/0[xX]|[\s,:]/g, "");
  if (digits.length % 2 === 1) {
    return { ok: false, problem: `There are ${digits.length} digits; every byte needs two.` };
  }
  const bytes = new Uint8Array(digits.length / 2);
  for (let i = 0; i < bytes.length; i += 1) bytes[i] = Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16);
  return { ok: true, bytes };
}

/** Bytes as lines of offset, digits and text, up to a limit. */
export function hexDump(bytes: Uint8Array, limit: number = 4_096): string {
  const lines: string[] = [];
  for (let at = 0; at < Math.min(bytes.length, limit); at += 16) {
    const row = bytes.subarray(at, at + 16);
    const digits = Array.from(row, (byte) => byte.toString(16).padStart(2, "0")).join(" ");
    const text = Array.from(row, (byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : "·"));
    lines.push(`${at.toString(16).padStart(6, "0")}  ${digits.padEnd(47)}  ${text.join("")}`);
  }
  if (bytes.length > limit) lines.push(`… ${bytes.length - limit} more bytes`);
  return lines.join("\n");
}
