import { isExact } from "../bytes/index.ts";

/** Below this many bytes a copy costs less than handing the buffer over (measured in Chromium and Node). */
const TRANSFER_FROM_BYTES = 1_024;

/** The buffer to hand over with a message; none where it is copied for less, or is a part of something larger. */
export function transferable(bytes: Uint8Array): Transferable[] {
  return bytes.byteLength >= TRANSFER_FROM_BYTES && isExact(bytes) ? [bytes.buffer] : [];
}
