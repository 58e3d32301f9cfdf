import { ByteSink } from "./byte-sink";
import { TextPair } from "./pack-reader";

const QUOTE: u32 = 0x22;
const BACKSLASH: u32 = 0x5c;

/** Writes JSON without white space, escaped the way Rust's serde_json does. */
export class JsonWriter extends ByteSink {
  /** Punctuation and literal names, as they are. */
  raw(text: string): JsonWriter {
    this.putText(text, String.UTF8.byteLength(text));
    return this;
  }

  number(value: i64): JsonWriter {
    return this.raw(value.toString());
  }

  unsigned(value: u64): JsonWriter {
    return this.raw(value.toString());
  }

  text(value: string): JsonWriter {
    const bytes = String.UTF8.encode(value);
    const end = changetype<usize>(bytes) + bytes.byteLength;
    this.putByte(QUOTE);
    for (let at = changetype<usize>(bytes); at < end; at++) this.character(load<u8>(at));
    this.putByte(QUOTE);
    return this;
  }

  /** An object with texts as members. */
  texts(pairs: TextPair[]): JsonWriter {
    this.raw("{");
    for (let i = 0; i < pairs.length; i++) {
      if (i > 0) this.raw(",");
      this.text(pairs[i].name).raw(":").text(pairs[i].value);
    }
    return this.raw("}");
  }

  /** Bytes as an array of numbers. */
  bytes(bytes: ArrayBuffer): JsonWriter {
    const start = changetype<usize>(bytes);
    this.raw("[");
    for (let i: usize = 0; i < <usize>bytes.byteLength; i++) {
      if (i > 0) this.putByte(0x2c);
      this.digits(load<u8>(start + i));
    }
    return this.raw("]");
  }

  private digits(value: u32): void {
    if (value >= 100) this.putByte(0x30 + value / 100);
    if (value >= 10) this.putByte(0x30 + (value / 10) % 10);
    this.putByte(0x30 + (value % 10));
  }

  private character(byte: u32): void {
    if (byte == QUOTE || byte == BACKSLASH) this.escape(byte);
    else if (byte >= 0x20) this.putByte(byte);
    else if (byte == 0x08) this.escape(0x62);
    else if (byte == 0x09) this.escape(0x74);
    else if (byte == 0x0a) this.escape(0x6e);
    else if (byte == 0x0c) this.escape(0x66);
    else if (byte == 0x0d) this.escape(0x72);
    else {
      this.raw("\\u00");
      this.putByte(0x30 + (byte >> 4));
      this.putByte((byte & 15) < 10 ? 0x30 + (byte & 15) : 0x57 + (byte & 15));
    }
  }

  private escape(letter: u32): void {
    this.putByte(BACKSLASH);
    this.putByte(letter);
  }
}
