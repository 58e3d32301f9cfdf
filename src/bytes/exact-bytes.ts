/**
 * The bytes in a buffer that holds nothing else: a message takes the whole buffer with it, and shared memory would
 * stay shared.
 */
export function exactBytes(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return isExact(bytes) ? bytes : new Uint8Array(bytes);
}

/** Whether a value is bytes in a buffer of their own. */
export function isExact(value: unknown): value is Uint8Array<ArrayBuffer> {
  if (!(value instanceof Uint8Array)) return false;
  return value.buffer instanceof ArrayBuffer && value.buffer.byteLength === value.byteLength;
}
