import { allocate } from "./heap";

/** A key and a value of a map of texts. */
export class TextPair {
  constructor(
    readonly name: string,
    readonly value: string,
  ) {}
}

/**
 * Reads MessagePack, as tolerant as the Rust libraries: integers of any width that fit, bytes as bin, array of integers
 * or text. After a failure every read gives an empty value and `failure` keeps the first reason.
 */
export class PackReader {
  /** Why the bytes could not be read; null as long as all is well. */
  failure: string | null = null;
  private at: usize;
  private end: usize;

  constructor(bytes: ArrayBuffer) {
    this.at = changetype<usize>(bytes);
    this.end = this.at + bytes.byteLength;
  }

  /** Where the next value begins, for {@link seek}. */
  get position(): usize {
    return this.at;
  }

  /** Reads on at a position. */
  seek(position: usize): void {
    if (this.failure === null) this.at = position;
  }

  /** Notes the first failure and ends the reading. */
  fail(reason: string): void {
    if (this.failure === null) this.failure = reason;
    this.at = this.end;
  }

  /** Traps, as Rust guests do, if an answer of the host was not what the contract promises. */
  demand(): void {
    const failure = this.failure;
    if (failure !== null) throw new Error(`undecodable answer: ${failure}`);
  }

  /** True, and the value is read, if the next value is nil. */
  nil(): bool {
    if (this.at >= this.end || load<u8>(this.at) != 0xc0) return false;
    this.at += 1;
    return true;
  }

  bool(): bool {
    const marker = this.marker();
    if (marker != 0xc2 && marker != 0xc3) this.mismatch(marker, "a boolean");
    return marker == 0xc3;
  }

  i32(): i32 {
    return <i32>this.integer(i32.MIN_VALUE, i32.MAX_VALUE, "i32");
  }

  u32(): u32 {
    return <u32>this.integer(0, u32.MAX_VALUE, "u32");
  }

  u64(): u64 {
    return <u64>this.integer(0, u64.MAX_VALUE, "u64");
  }

  i64(): i64 {
    return this.integer(i64.MIN_VALUE, i64.MAX_VALUE, "i64");
  }

  f64(): f64 {
    const marker = this.marker();
    if (marker == 0xca) return reinterpret<f32>(<u32>this.bigEndian(4));
    if (marker == 0xcb) return reinterpret<f64>(this.bigEndian(8));
    this.mismatch(marker, "a float");
    return 0;
  }

  /** The marker of the next value, which is not read yet; that of no value at the end. */
  peek(): u32 {
    return this.at < this.end ? load<u8>(this.at) : 0xc1;
  }

  /** A text; bytes are taken for UTF-8. */
  text(): string {
    const marker = this.marker();
    const length = this.rawLength(marker);
    if (length < 0) {
      this.mismatch(marker, "a string");
      return "";
    }
    const start = this.take(<usize>length);
    return this.failure === null ? String.UTF8.decodeUnsafe(start, <usize>length) : "";
  }

  bytes(): ArrayBuffer {
    const marker = this.marker();
    const length = this.rawLength(marker);
    if (length >= 0) return this.copy(<usize>length);
    const count = this.arrayLength(marker);
    if (count < 0) {
      this.mismatch(marker, "a byte array");
      return allocate(0);
    }
    return this.byteArray(count);
  }

  /** Begins a map and gives the number of its entries. */
  map(): i64 {
    const marker = this.marker();
    const count = this.mapLength(marker);
    if (count < 0) this.mismatch(marker, "a map");
    return max(count, 0);
  }

  /** Begins an array and gives the number of its items. */
  array(): i64 {
    const marker = this.marker();
    const count = this.arrayLength(marker);
    if (count < 0) this.mismatch(marker, "an array");
    return max(count, 0);
  }

  texts(): TextPair[] {
    const pairs: TextPair[] = [];
    for (let left = this.map(); left > 0 && this.failure === null; left--) {
      const name = this.text();
      pairs.push(new TextPair(name, this.text()));
    }
    return pairs;
  }

  /** Passes over one value of any kind. It counts what is left instead of recursing: depth costs no stack. */
  skip(): void {
    for (let left: i64 = 1; left > 0 && this.failure === null; left--) {
      const marker = this.marker();
      const entries = this.mapLength(marker);
      const items = this.arrayLength(marker);
      if (entries >= 0) left += entries * 2;
      else if (items >= 0) left += items;
      else this.skipScalar(marker);
    }
  }

  private skipScalar(marker: u32): void {
    const length = this.rawLength(marker);
    if (length >= 0) this.take(<usize>length);
    else if (marker < 0x80 || marker >= 0xe0 || marker == 0xc0 || marker == 0xc2 || marker == 0xc3) return;
    else if (marker == 0xc1) this.mismatch(marker, "a value");
    else if (marker >= 0xca && marker <= 0xcb) this.take(marker == 0xca ? 4 : 8);
    else if (marker >= 0xcc && marker <= 0xcf) this.take(<usize>1 << (marker - 0xcc));
    else if (marker >= 0xd0 && marker <= 0xd3) this.take(<usize>1 << (marker - 0xd0));
    else if (marker >= 0xd4 && marker <= 0xd8) this.take(1 + (<usize>1 << (marker - 0xd4)));
    else this.take(1 + this.length(1 << (marker - 0xc7)));
  }

  private integer(lowest: i64, highest: u64, kind: string): i64 {
    const marker = this.marker();
    let value: i64 = 0;
    let signed = false;
    if (marker < 0x80) value = marker;
    else if (marker >= 0xe0) {
      value = <i64>marker - 0x100;
      signed = true;
    } else if (marker >= 0xcc && marker <= 0xcf) value = <i64>this.bigEndian(1 << (marker - 0xcc));
    else if (marker >= 0xd0 && marker <= 0xd3) {
      const width = 1 << (marker - 0xd0);
      const unused: i64 = 64 - width * 8;
      value = (<i64>this.bigEndian(width) << unused) >> unused;
      signed = true;
    } else {
      this.mismatch(marker, kind);
      return 0;
    }
    const fits = signed && value < 0 ? value >= lowest : <u64>value <= highest;
    if (fits) return value;
    this.fail(`invalid value: integer out of range, expected ${kind}`);
    return 0;
  }

  private byteArray(count: i64): ArrayBuffer {
    // Every item has a byte at least: no buffer is made for a length that cannot be true.
    if (count > <i64>(this.end - this.at)) {
      this.fail("IO error while reading data: failed to fill whole buffer");
      return allocate(0);
    }
    const bytes = allocate(<usize>count);
    for (let i: usize = 0; i < <usize>count; i++) {
      store<u8>(changetype<usize>(bytes) + i, <u8>this.integer(0, 255, "u8"));
    }
    return bytes;
  }

  private copy(length: usize): ArrayBuffer {
    const start = this.take(length);
    if (this.failure !== null) return allocate(0);
    const bytes = allocate(length);
    memory.copy(changetype<usize>(bytes), start, length);
    return bytes;
  }

  /** The length of a str or bin, -1 for other kinds. */
  private rawLength(marker: u32): i64 {
    if (marker >= 0xa0 && marker < 0xc0) return marker & 0x1f;
    if (marker >= 0xc4 && marker <= 0xc6) return this.length(1 << (marker - 0xc4));
    if (marker >= 0xd9 && marker <= 0xdb) return this.length(1 << (marker - 0xd9));
    return -1;
  }

  /** The number of items of an array, -1 for other kinds. */
  private arrayLength(marker: u32): i64 {
    if (marker >= 0x90 && marker < 0xa0) return marker & 0x0f;
    if (marker == 0xdc || marker == 0xdd) return this.length(marker == 0xdc ? 2 : 4);
    return -1;
  }

  /** The number of entries of a map, -1 for other kinds. */
  private mapLength(marker: u32): i64 {
    if (marker >= 0x80 && marker < 0x90) return marker & 0x0f;
    if (marker == 0xde || marker == 0xdf) return this.length(marker == 0xde ? 2 : 4);
    return -1;
  }

  private length(width: u32): u32 {
    return <u32>this.bigEndian(width);
  }

  private bigEndian(width: u32): u64 {
    let at = this.take(width);
    if (this.failure !== null) return 0;
    let value: u64 = 0;
    for (let left = width; left > 0; left--) value = (value << 8) | load<u8>(at++);
    return value;
  }

  private marker(): u32 {
    if (this.at >= this.end) {
      this.fail("IO error while reading marker: failed to fill whole buffer");
      return 0xc1;
    }
    return load<u8>(this.at++);
  }

  /** Takes the next `length` bytes; they are there unless `failure` is set. */
  private take(length: usize): usize {
    const start = this.at;
    if (length > this.end - start) this.fail("IO error while reading data: failed to fill whole buffer");
    else this.at = start + length;
    return start;
  }

  private mismatch(marker: u32, expected: string): void {
    this.fail(marker == 0xc1 ? "wrong msgpack marker Reserved" : `invalid type, expected ${expected}`);
  }
}
