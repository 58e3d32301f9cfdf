import { kindOf, type ValueKind } from "./markers.ts";
import { undecodable } from "./undecodable.ts";

/** A place in a message, and the raw parts of MessagePack values that can be read there, all bounds-checked. */
export class ByteCursor {
  readonly bytes: Uint8Array;
  /** Where the next byte is read. */
  at = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  /** Bytes not read yet. */
  get left(): number {
    return this.bytes.length - this.at;
  }

  /** What comes next; nothing is read. */
  kind(): ValueKind {
    const marker = this.bytes[this.at];
    if (marker === undefined) throw undecodable("unexpected end of message");
    const kind = kindOf(marker);
    if (kind === undefined) throw undecodable("reserved marker 0xc1");
    return kind;
  }

  /** Passes over bytes and answers where they start. */
  take(count: number): number {
    if (count > this.left) throw undecodable("unexpected end of message");
    const start = this.at;
    this.at += count;
    return start;
  }

  byte(): number {
    return this.bytes[this.take(1)] as number;
  }

  /** A big-endian unsigned integer of 1, 2 or 4 bytes. */
  unsigned(width: number): number {
    const start = this.take(width);
    let value = 0;
    for (let i = 0; i < width; i++) value = value * 0x100 + (this.bytes[start + i] as number);
    return value;
  }

  /** The integer whose marker was read. Those above 2^53 come as the nearest number. */
  integerAfter(marker: number): number {
    if (marker < 0x80) return marker;
    if (marker >= 0xe0) return marker - 0x100;
    if (marker < 0xcf) return this.unsigned(1 << (marker - 0xcc));
    if (marker === 0xcf) return this.unsigned(4) * 0x100000000 + this.unsigned(4);
    if (marker === 0xd0) return (this.unsigned(1) << 24) >> 24;
    if (marker === 0xd1) return (this.unsigned(2) << 16) >> 16;
    const high = this.unsigned(4) | 0;
    return marker === 0xd2 ? high : high * 0x100000000 + this.unsigned(4);
  }

  /** Bytes of the text, or of the bytes that stand for a text, whose marker was read. */
  textLengthAfter(marker: number): number {
    if (marker < 0xc0) return marker & 0x1f;
    return this.unsigned(1 << (marker - (marker < 0xd9 ? 0xc4 : 0xd9)));
  }

  /** Values in the map or array whose marker was read. Never more than bytes are left. */
  valuesAfter(marker: number): number {
    const isMap = marker < 0x90 || marker >= 0xde;
    const count = marker < 0xa0 ? marker & 0x0f : this.unsigned(marker & 1 ? 4 : 2);
    return this.#bounded(isMap ? count * 2 : count);
  }

  #bounded(values: number): number {
    if (values > this.left)
      throw undecodable(`${values} values are announced but ${this.left} bytes are left`);
    return values;
  }
}
