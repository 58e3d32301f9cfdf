// The one file that is on its way to somebody. What a call allocates is gone when it ends, so the bytes are kept in a
// buffer that was allocated before the first call, and the name as UTF-8 in memory of the module.

/** Bytes of a file. */
export const MAX_BYTES: i32 = 8 * 1024 * 1024;
const MAX_NAME: i32 = 4096;
/** Requests that wait for a file before it is asked for again. */
const PATIENCE = 50;

const nameBytes: usize = memory.data(4096);
let nameLength: i32 = -1;
let start: usize = 0;
let expected: i32 = 0;
let received: i32 = 0;
let asked: i32 = 0;

/** Takes the room for a file. Call it from `wapc_init`. */
export function prepareSlot(): void {
  start = heap.alloc(MAX_BYTES);
}

/** From now on the chunks of this file are taken. False if it is too large. */
export function expectFile(name: string, size: i32): bool {
  const bytes = String.UTF8.encode(name);
  nameLength = -1;
  if (bytes.byteLength > MAX_NAME || size > MAX_BYTES) return false;
  memory.copy(nameBytes, changetype<usize>(bytes), bytes.byteLength);
  nameLength = bytes.byteLength;
  expected = size;
  received = 0;
  asked = 0;
  return true;
}

/** Takes the next bytes of the file that is expected; others are passed over. */
export function takeBytes(name: string, offset: u64, bytes: ArrayBuffer): void {
  if (!isSame(name) || offset != <u64>received || received + bytes.byteLength > expected) return;
  memory.copy(start + received, changetype<usize>(bytes), bytes.byteLength);
  received += bytes.byteLength;
}

/** Whether the file is on its way; after a while it is not believed any more. */
export function isFetching(name: string): bool {
  return isSame(name) && ++asked < PATIENCE;
}

export function isWhole(name: string): bool {
  return isSame(name) && received == expected;
}

/** The file; the next time it is fetched anew. */
export function takeFile(): ArrayBuffer {
  const bytes = new ArrayBuffer(expected);
  memory.copy(changetype<usize>(bytes), start, expected);
  nameLength = -1;
  return bytes;
}

/** The file has changed. */
export function forgetFile(name: string): void {
  if (isSame(name)) nameLength = -1;
}

function isSame(name: string): bool {
  const bytes = String.UTF8.encode(name);
  if (bytes.byteLength != nameLength) return false;
  return memory.compare(nameBytes, changetype<usize>(bytes), nameLength) == 0;
}
