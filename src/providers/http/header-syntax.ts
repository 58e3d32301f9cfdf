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
