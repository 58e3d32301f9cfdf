import { HostError } from "../errors/index.ts";

/** Reads a part of a module from front to back. Every read is checked against the end of the part. */
export class WasmReader {
  /** Position in the module, in bytes. */
  offset: number;
  /** First position that does not belong to the part any more. */
  end: number;
  /** The whole module. */
  readonly bytes: Uint8Array;

  constructor(bytes: Uint8Array, offset = 0, end: number = bytes.length) {
    this.bytes = bytes;
    this.offset = offset;
    this.end = end;
  }

  /** Whether everything has been read. */
  get atEnd(): boolean {
    return this.offset >= this.end;
  }

  /** The next byte. */
  byte(): number {
    const value = this.offset < this.end ? this.bytes[this.offset] : undefined;
    if (value === undefined) throw this.error("unexpected end");
    this.offset += 1;
    return value;
  }

  /** An unsigned LEB128 number of 32 bits in at most 5 bytes. Padding is accepted, overflow is not. */
  u32(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.byte();
      if (shift === 28 && byte > 0x0f) break;
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value >>> 0;
    }
    throw this.error("a number of more than 32 bits");
  }

  /** How many items follow. Each takes a byte at least, so a number beyond what is left is refused here. */
  count(): number {
    const count = this.u32();
    if (count > this.end - this.offset) throw this.error("a list longer than its section");
    return count;
  }

  /** The next bytes, as a view. */
  take(length: number): Uint8Array {
    if (length > this.end - this.offset) throw this.error("unexpected end");
    this.offset += length;
    return this.bytes.subarray(this.offset - length, this.offset);
  }

  /** A name: length and UTF-8 text. */
  name(): string {
    const bytes = this.take(this.u32());
    try {
      return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    } catch {
      throw this.error("a name that is not UTF-8");
    }
  }

  /** What is wrong with the module, and where. */
  error(problem: string): HostError {
    return new HostError(
      "module.malformed",
      `Malformed WebAssembly module: ${problem} at byte ${this.offset}`,
      {
        hint: "The file is damaged or cut short: fetch or build it again.",
        details: { offset: this.offset },
      },
    );
  }
}
