import { joined } from "./joined.ts";

/**
 * All bytes of a body.
 *
 * @param maxBytes - a longer body is not read to its end.
 * @param signal - ends the reading, with its reason.
 * @returns undefined if there are more.
 */
export async function readBody(
  body: ReadableStream<Uint8Array<ArrayBuffer>> | null,
  maxBytes: number,
  signal?: AbortSignal,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const reader = body?.getReader();
  if (reader === undefined) return new Uint8Array(0);
  // A rejection of the cancelling would have nobody to tell.
  const cancel = (): void => void reader.cancel().catch(() => undefined);
  signal?.addEventListener("abort", cancel, { once: true });
  try {
    const parts: Uint8Array[] = [];
    let length = 0;
    for (;;) {
      const { done, value } = await reader.read();
      signal?.throwIfAborted();
      if (done) return joined(parts);
      length += value.length;
      if (length > maxBytes) {
        cancel();
        return undefined;
      }
      parts.push(value);
    }
  } finally {
    signal?.removeEventListener("abort", cancel);
  }
}
