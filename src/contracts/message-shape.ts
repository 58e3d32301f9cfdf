/** Values nested deeper than this are refused: no message of a contract comes near it. */
const MAX_DEPTH = 64;

/** Bytes after the marker that hold a length or a number, for the markers from 0xc4 to 0xdf. */
const WIDTHS: readonly number[] = [
  1, 2, 4, 1, 2, 4, 4, 8, 1, 2, 4, 8, 1, 2, 4, 8, 0, 0, 0, 0, 0, 1, 2, 4, 2, 4, 2, 4,
];

/**
 * Walks over the first MessagePack value of a payload before it is decoded. The decoder makes room for as many
 * entries as a header promises: a few nested headers that promise millions would use up the memory of the whole host.
 *
 * @throws RangeError if the value is not whole, or nested too deeply; the texts are those of first-party decoders.
 */
export function checkShape(payload: Uint8Array): void {
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
  /** Values still to come at each level, the innermost last. */
  const open: number[] = [1];
  let offset = 0;
  for (let left = open.at(-1); left !== undefined; left = open.at(-1)) {
    if (left === 0) {
      open.pop();
      continue;
    }
    open[open.length - 1] = left - 1;
    const { size, entries } = readHeader(view, offset);
    offset += size;
    if (offset + entries > view.byteLength) throw cutOff("data");
    if (entries > 0 && open.push(entries) > MAX_DEPTH) throw new RangeError("depth limit exceeded");
  }
}

/** What a value takes: `size` bytes without its entries, and `entries` values after them. */
function readHeader(view: DataView, offset: number): { size: number; entries: number } {
  if (offset >= view.byteLength) throw cutOff("marker");
  const marker = view.getUint8(offset);
  if (marker < 0x80 || marker >= 0xe0) return { size: 1, entries: 0 };
  if (marker < 0x90) return { size: 1, entries: (marker & 0x0f) * 2 };
  if (marker < 0xa0) return { size: 1, entries: marker & 0x0f };
  if (marker < 0xc0) return { size: 1 + (marker & 0x1f), entries: 0 };
  if (marker === 0xc1) throw new RangeError("wrong msgpack marker Reserved");
  if (marker < 0xc4) return { size: 1, entries: 0 };
  const width = WIDTHS[marker - 0xc4] ?? 0;
  const header = 1 + width;
  if (marker >= 0xdc)
    return { size: header, entries: readLength(view, offset + 1, width) * (marker >= 0xde ? 2 : 1) };
  if (marker >= 0xd9 || marker < 0xc7)
    return { size: header + readLength(view, offset + 1, width), entries: 0 };
  if (marker < 0xca) return { size: header + 1 + readLength(view, offset + 1, width), entries: 0 };
  // An extension of fixed length: its type, then 1, 2, 4, 8 or 16 bytes.
  if (marker >= 0xd4) return { size: 2 + 2 ** (marker - 0xd4), entries: 0 };
  return { size: header, entries: 0 };
}

function readLength(view: DataView, offset: number, width: number): number {
  if (offset + width > view.byteLength) throw cutOff("data");
  if (width === 1) return view.getUint8(offset);
  return width === 2 ? view.getUint16(offset) : view.getUint32(offset);
}

function cutOff(what: string): RangeError {
  return new RangeError(`IO error while reading ${what}: failed to fill whole buffer`);
}
