import { HostError } from "../errors/index.ts";
import { leb128, WasmReader } from "../wasm/index.ts";

const CONTINUES = 0x80;
const SIGN = 0x40;

/**
 * Copies a module piece by piece while it writes every LEB128 number in its shortest form. The copy is never longer
 * than the original, so one buffer of that length is enough.
 */
export class Recoder {
  readonly #reader: WasmReader;
  readonly #output: Uint8Array<ArrayBuffer>;
  #length = 0;

  constructor(bytes: Uint8Array) {
    this.#reader = new WasmReader(bytes);
    this.#output = new Uint8Array(bytes.length);
  }

  /** Whether everything, or everything of the current sized part, has been copied. */
  get atEnd(): boolean {
    return this.#reader.atEnd;
  }

  /** What has been written. */
  get result(): Uint8Array<ArrayBuffer> {
    return this.#output.slice(0, this.#length);
  }

  /** Copies a byte and tells it. */
  byte(): number {
    const value = this.#reader.byte();
    this.#output[this.#length++] = value;
    return value;
  }

  /** Copies bytes; without a length, all that are left. */
  raw(length: number = this.#reader.end - this.#reader.offset): void {
    this.#output.set(this.#reader.take(length), this.#length);
    this.#length += length;
  }

  /** Copies an unsigned number and tells it. */
  u32(): number {
    const value = this.#reader.u32();
    this.#write(leb128(value));
    return value;
  }

  /** Copies a name. */
  name(): void {
    const reader = this.#reader;
    const ahead = new WasmReader(reader.bytes, reader.offset, reader.end);
    ahead.name();
    this.raw(this.u32());
  }

  /** Copies a signed number of 32 or 64 bits. */
  signed(bits: 32 | 64): void {
    const groups: number[] = [];
    const most = Math.ceil(bits / 7);
    let byte: number;
    do {
      byte = this.#reader.byte();
      groups.push(byte & 0x7f);
    } while (byte >= CONTINUES && groups.length < most);
    const last = groups.at(-1) ?? 0;
    // Bits of the last possible byte that lie beyond the number must repeat its sign.
    const beyond = last >> ((bits - 1) % 7);
    const all = 0x7f >> ((bits - 1) % 7);
    if (byte >= CONTINUES || (groups.length === most && beyond !== 0 && beyond !== all)) {
      throw this.#reader.error(`a number of more than ${bits} bits`);
    }
    while (groups.length > 1 && repeatsSign(groups.at(-1) ?? 0, groups.at(-2) ?? 0)) groups.pop();
    this.#write(groups.map((group, index) => (index < groups.length - 1 ? group | CONTINUES : group)));
  }

  /** Copies a count, and as many items with the given function. */
  list(item: () => void): void {
    for (let remaining = this.u32(); remaining > 0; remaining--) item();
  }

  /** Copies a size and the part of that size, whose new size may be smaller. The function must copy all of it. */
  sized(content: () => void): void {
    const outerEnd = this.#reader.end;
    const size = this.#reader.u32();
    const end = this.#reader.offset + size;
    if (end > outerEnd) throw this.#reader.error("unexpected end");
    const start = this.#length;
    this.#reader.end = end;
    content();
    if (!this.atEnd) throw this.#reader.error("bytes left over");
    this.#reader.end = outerEnd;
    const prefix = leb128(this.#length - start);
    this.#output.copyWithin(start + prefix.length, start, this.#length);
    this.#output.set(prefix, start);
    this.#length += prefix.length;
  }

  /** Refuses something that the readers of this generation do not know. */
  refuse(feature: string): HostError {
    const { offset } = this.#reader;
    return new HostError(
      "module.not_portable",
      `wasmCloud 0.18 hosts cannot read this module: it uses ${feature}`,
      {
        hint:
          "Compile for the WebAssembly MVP (AssemblyScript: --disable sign-extension,bulk-memory," +
          "nontrapping-f2i; Rust: target wasm32v1-none), or sign for hosts like this one only.",
        details: { offset },
      },
    );
  }

  #write(bytes: readonly number[]): void {
    this.#output.set(bytes, this.#length);
    this.#length += bytes.length;
  }
}

function repeatsSign(group: number, before: number): boolean {
  return (before & SIGN) === 0 ? group === 0 : group === 0x7f;
}
