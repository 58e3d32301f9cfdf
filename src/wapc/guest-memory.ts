const decoder = new TextDecoder();

/**
 * A guest's linear memory. Views are made anew at every access: growth detaches earlier ones. Addresses come from the
 * guest; one outside its memory throws a RangeError, which unwinds the guest like any other trap.
 */
export class GuestMemory {
  readonly #memory: WebAssembly.Memory;

  constructor(memory: WebAssembly.Memory) {
    this.#memory = memory;
  }

  /** Bytes it has now. */
  get size(): number {
    return this.#memory.buffer.byteLength;
  }

  /** A copy of guest memory. A pointer with length 0 may dangle and is not looked at. */
  read(pointer: number, length: number): Uint8Array<ArrayBuffer> {
    if (length === 0) return new Uint8Array(0);
    return new Uint8Array(this.#memory.buffer, pointer >>> 0, length >>> 0).slice();
  }

  /** Text in guest memory; what is not UTF-8 is replaced. */
  readText(pointer: number, length: number): string {
    if (length === 0) return "";
    return decoder.decode(new Uint8Array(this.#memory.buffer, pointer >>> 0, length >>> 0));
  }

  write(pointer: number, bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    new Uint8Array(this.#memory.buffer, pointer >>> 0, bytes.length).set(bytes);
  }
}
