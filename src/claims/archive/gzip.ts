import { joined } from "../../bytes/index.ts";
import { asHostError, messageOf } from "../../errors/index.ts";
import { malformed } from "./tar-header.ts";
import { tooLarge } from "./too-large.ts";

/**
 * Bytes handed over at a time. Engines may unpack all they were given before anybody can stop them, a thousandfold at
 * worst: 16 MiB.
 */
const SLICE = 16_384;
const LENGTH_BYTES = 4;

/** Whether bytes are gzip-compressed, by their first two. */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/** Compresses bytes. */
export function gzip(bytes: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  return through(new CompressionStream("gzip"), bytes, Number.POSITIVE_INFINITY);
}

/**
 * Unpacks bytes that are exactly one gzip member. First-party hosts read the first member and overlook what follows;
 * engines differ, so anything that follows is refused.
 * @throws HostError `archive.too_large`, as soon as there are more than `maxBytes`; `archive.malformed`
 */
export async function gunzip(bytes: Uint8Array, maxBytes: number): Promise<Uint8Array<ArrayBuffer>> {
  let unpacked: Uint8Array<ArrayBuffer>;
  try {
    unpacked = await through(new DecompressionStream("gzip"), bytes, maxBytes);
  } catch (cause) {
    const error = asHostError(cause);
    throw error.code === "archive.too_large"
      ? error
      : malformed(`it cannot be unpacked (${messageOf(cause)})`);
  }
  if (unpacked.length !== declaredLength(bytes)) throw malformed("more follows after the compressed files");
  return unpacked;
}

/** What the last four bytes say about the length of what is compressed. */
function declaredLength(bytes: Uint8Array): number {
  if (bytes.length < LENGTH_BYTES) return 0;
  const view = new DataView(bytes.buffer, bytes.byteOffset + bytes.length - LENGTH_BYTES);
  return view.getUint32(0, true);
}

async function through(
  stream: CompressionStream | DecompressionStream,
  bytes: Uint8Array,
  maxBytes: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const reader = stream.readable.getReader();
  const writer = stream.writable.getWriter();
  const written = writeAll(writer, bytes);
  const ignore = (): void => {
    // Both ends fail together: the first error was told.
  };
  try {
    const chunks: Uint8Array[] = [];
    let length = 0;
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      length += value.length;
      if (length > maxBytes) throw tooLarge("unpacked", undefined, maxBytes);
      chunks.push(value);
    }
    await written;
    return joined(chunks);
  } catch (error) {
    written.catch(ignore);
    writer.abort(error).catch(ignore);
    reader.cancel(error).catch(ignore);
    throw error;
  }
}

async function writeAll(writer: WritableStreamDefaultWriter<BufferSource>, bytes: Uint8Array): Promise<void> {
  for (let offset = 0; offset < bytes.length; offset += SLICE) {
    await writer.write(new Uint8Array(bytes.subarray(offset, offset + SLICE)));
  }
  await writer.close();
}
