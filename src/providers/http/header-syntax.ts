const NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** Bytes as characters, as HTTP has them; a line break would begin another header. */
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/** Whether a text can be the name of a header. */
export function isHeaderName(name: string): boolean {
  return NAME.test(name);
}

/** Whether a text can be the value of a header, and nothing but that. */
export function isHeaderValue(value: string): boolean {
  return VALUE.test(value);
}

/** A value that need not be visible ASCII, its bytes in base64. */
export function headerInBase64(value: string): string {
  return btoa(areHeadersText() ? String.fromCharCode(...new TextEncoder().encode(value)) : value);
}

/**
 * Whether this platform reads headers as UTF-8, as workerd does: it lets any letter be in one. By the Fetch standard a
 * character is a byte.
 */
function areHeadersText(): boolean {
  try {
    return new Headers({ x: "\u0100" }).has("x");
  } catch {
    return false;
  }
}
