import { HostError } from "../../errors/index.ts";

const UTF8 = new TextEncoder();
/** Texts up to this length are written character by character: faster than the encoder's call overhead. */
const SHORT_TEXT = 64;

/**
 * Writes MessagePack into one growing buffer, always in the shortest form, as first-party hosts do (protocol section
 * 3.1). Knows only the types that the lattice uses.
 */
export class MessagePackWriter {
  #bytes: Uint8Array;
  #length = 0;

  /** @param capacity - bytes to reserve at first; default 512. */
  constructor(capacity = 512) {
    this.#bytes = new Uint8Array(capacity);
  }

  /** What was written, as a view of the buffer. The writer must not be used afterwards. */
  finish(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  nil(): void {
    this.#byte(0xc0);
  }

  bool(value: boolean): void {
    this.#byte(value ? 0xc3 : 0xc2);
  }

  /** @throws HostError `input.invalid` if the value is not a safe integer: the wire has no other numbers. */
  int(value: number): void {
    if (!Number.isSafeInteger(value)) {
      throw new HostError("input.invalid", `The number ${value} is not an integer and cannot be sent.`);
    }
    if (value < -0x80000000) this.#wide(0xd3, value);
    else if (value < -0x8000) this.#sized(0xd2, 4, value);
    else if (value < -0x80) this.#sized(0xd1, 2, value);
    else if (value < -0x20) this.#sized(0xd0, 1, value);
    else if (value < 0x80) this.#byte(value & 0xff);
    else if (value < 0x100) this.#sized(0xcc, 1, value);
    else if (value < 0x10000) this.#sized(0xcd, 2, value);
    else if (value < 0x100000000) this.#sized(0xce, 4, value);
    else this.#wide(0xcf, value);
  }

  mapHeader(entries: number): void {
    if (entries < 16) this.#byte(0x80 | entries);
    else if (entries < 0x10000) this.#sized(0xde, 2, entries);
    else this.#sized(0xdf, 4, entries);
  }

  arrayHeader(elements: number): void {
    if (elements < 16) this.#byte(0x90 | elements);
    else if (elements < 0x10000) this.#sized(0xdc, 2, elements);
    else this.#sized(0xdd, 4, elements);
  }

  /** Bytes as an array of integers: the form of every `msg` (protocol section 3.2). */
  integerArray(values: Uint8Array): void {
    this.arrayHeader(values.length);
    this.#reserve(values.length * 2);
    const bytes = this.#bytes;
    let at = this.#length;
    for (let i = 0; i < values.length; i++) {
      const value = values[i] as number;
      if (value >= 0x80) bytes[at++] = 0xcc;
      bytes[at++] = value;
    }
    this.#length = at;
  }

  text(value: string): void {
    this.#reserve(5 + value.length * 3);
    if (value.length <= SHORT_TEXT && this.#shortText(value)) return;
    // The header's width depends on the encoded length; most texts are ASCII, so the guess is nearly always right.
    const start = this.#length;
    const guess = textHeaderSize(value.length);
    const { written } = UTF8.encodeInto(value, this.#bytes.subarray(start + guess));
    const size = textHeaderSize(written);
    if (size !== guess) this.#bytes.copyWithin(start + size, start + guess, start + guess + written);
    this.#textHeader(written);
    this.#length = start + size + written;
  }

  #shortText(value: string): boolean {
    const bytes = this.#bytes;
    const start = this.#length + textHeaderSize(value.length);
    for (let i = 0; i < value.length; i++) {
      const code = value.charCodeAt(i);
      if (code >= 0x80) return false;
      bytes[start + i] = code;
    }
    this.#textHeader(value.length);
    this.#length = start + value.length;
    return true;
  }

  #textHeader(length: number): void {
    if (length < 32) this.#byte(0xa0 | length);
    else if (length < 0x100) this.#sized(0xd9, 1, length);
    else if (length < 0x10000) this.#sized(0xda, 2, length);
    else this.#sized(0xdb, 4, length);
  }

  #byte(value: number): void {
    this.#reserve(1);
    this.#bytes[this.#length++] = value;
  }

  #sized(marker: number, width: 1 | 2 | 4, value: number): void {
    this.#reserve(1 + width);
    this.#bytes[this.#length++] = marker;
    for (let shift = (width - 1) * 8; shift >= 0; shift -= 8) this.#bytes[this.#length++] = value >>> shift;
  }

  #wide(marker: number, value: number): void {
    this.#sized(marker, 4, Math.floor(value / 0x100000000));
    this.#reserve(4);
    for (let shift = 24; shift >= 0; shift -= 8) this.#bytes[this.#length++] = value >>> shift;
  }

  #reserve(count: number): void {
    const needed = this.#length + count;
    if (needed <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
    grown.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = grown;
  }
}

function textHeaderSize(length: number): number {
  if (length < 32) return 1;
  if (length < 0x100) return 2;
  return length < 0x10000 ? 3 : 5;
}
