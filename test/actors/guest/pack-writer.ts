import { ByteSink } from "./byte-sink";

/** Writes MessagePack in the forms the Rust libraries write: every length and integer as short as it can be. */
export class PackWriter extends ByteSink {
  nil(): PackWriter {
    this.putByte(0xc0);
    return this;
  }

  bool(value: bool): PackWriter {
    this.putByte(value ? 0xc3 : 0xc2);
    return this;
  }

  /** Begins a map: `count` times a key and a value follow. */
  map(count: u32): PackWriter {
    if (count < 16) this.putByte(0x80 | count);
    else if (count < 0x10000) this.marked16(0xde, count);
    else this.marked32(0xdf, count);
    return this;
  }

  text(value: string): PackWriter {
    const length = String.UTF8.byteLength(value);
    if (length < 32) this.putByte(0xa0 | length);
    else if (length < 0x100) this.marked8(0xd9, length);
    else if (length < 0x10000) this.marked16(0xda, length);
    else this.marked32(0xdb, length);
    this.putText(value, length);
    return this;
  }

  bytes(value: ArrayBuffer): PackWriter {
    const length = value.byteLength;
    if (length < 0x100) this.marked8(0xc4, length);
    else if (length < 0x10000) this.marked16(0xc5, length);
    else this.marked32(0xc6, length);
    this.putBytes(changetype<usize>(value), length);
    return this;
  }

  int(value: i64): PackWriter {
    if (value >= 0) return this.unsigned(<u64>value);
    if (value >= -32) this.putByte(<u32>value & 0xff);
    else if (value >= i8.MIN_VALUE) this.marked8(0xd0, <u32>value);
    else if (value >= i16.MIN_VALUE) this.marked16(0xd1, <u32>value);
    else if (value >= i32.MIN_VALUE) this.marked32(0xd2, <u32>value);
    else this.marked64(0xd3, value);
    return this;
  }

  unsigned(value: u64): PackWriter {
    if (value < 0x80) this.putByte(<u32>value);
    else if (value < 0x100) this.marked8(0xcc, <u32>value);
    else if (value < 0x10000) this.marked16(0xcd, <u32>value);
    else if (value <= u32.MAX_VALUE) this.marked32(0xce, <u32>value);
    else this.marked64(0xcf, value);
    return this;
  }

  private marked8(marker: u32, value: u32): void {
    const at = this.take(2);
    store<u8>(at, <u8>marker);
    store<u8>(at, <u8>value, 1);
  }

  private marked16(marker: u32, value: u32): void {
    const at = this.take(3);
    store<u8>(at, <u8>marker);
    store<u16>(at, bswap<u16>(<u16>value), 1);
  }

  private marked32(marker: u32, value: u32): void {
    const at = this.take(5);
    store<u8>(at, <u8>marker);
    store<u32>(at, bswap<u32>(value), 1);
  }

  private marked64(marker: u32, value: u64): void {
    const at = this.take(9);
    store<u8>(at, <u8>marker);
    store<u64>(at, bswap<u64>(value), 1);
  }
}
