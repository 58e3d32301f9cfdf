/** Bytes at the top of guest memory that are borrowed while a guest unwinds. */
const REGION_BYTES = 65_536;
/** The two addresses by which asyncify finds its stack, and padding. */
const HEADER_BYTES = 16;
/** An address is of 32 bits, so the end of a memory of 4 GiB has none. */
const LAST_ADDRESS = 0xffff_fff0;

/** What a module that went through asyncify exports for the host. */
interface AsyncifyExports {
  readonly memory: WebAssembly.Memory;
  asyncify_start_unwind(stack: number): void;
  asyncify_stop_unwind(): void;
  asyncify_start_rewind(stack: number): void;
  asyncify_stop_rewind(): void;
}

/**
 * The stack into which a guest unwinds. Asyncify wants it in guest memory, but no guest sets memory aside for it: the
 * top of memory is borrowed while the guest unwinds and again while it winds up, and has its own content at all times
 * at which guest code runs or the guest waits. A stack that does not fit runs into the end of memory and traps.
 */
export class AsyncifyStack {
  readonly #exports: AsyncifyExports;
  #address = 0;
  #borrowed: Uint8Array<ArrayBuffer> | undefined;
  #stack: Uint8Array<ArrayBuffer> | undefined;

  /** @throws TypeError where the module did not go through asyncify. */
  constructor(exports: Readonly<Record<string, unknown>>) {
    const functions = ["start_unwind", "stop_unwind", "start_rewind", "stop_rewind"];
    if (functions.some((name) => typeof exports[`asyncify_${name}`] !== "function")) {
      throw new TypeError("the module was not prepared for asyncify");
    }
    this.#exports = exports as unknown as AsyncifyExports;
  }

  /** To be called in the import in which the guest shall wait, right before it returns. */
  startUnwind(): void {
    const size = this.#exports.memory.buffer.byteLength;
    this.#address = Math.max(0, size - REGION_BYTES);
    this.#borrowed = this.#bytes(this.#address, size).slice();
    this.#header().set([this.#address + HEADER_BYTES, Math.min(size, LAST_ADDRESS)]);
    this.#exports.asyncify_start_unwind(this.#address);
  }

  /** To be called when the guest has returned: takes its stack out of its memory. */
  stopUnwind(): void {
    this.#exports.asyncify_stop_unwind();
    const [used = 0] = this.#header();
    this.#stack = this.#bytes(this.#address, used).slice();
    this.#giveBack();
  }

  /** To be called before the guest is entered again: puts its stack back. */
  startRewind(): void {
    const stack = this.#stack ?? new Uint8Array(0);
    const region = this.#bytes(this.#address, this.#address + stack.length);
    this.#borrowed = region.slice();
    region.set(stack);
    this.#stack = undefined;
    this.#exports.asyncify_start_rewind(this.#address);
  }

  /** To be called in the import when the guest has arrived there again. */
  stopRewind(): void {
    this.#exports.asyncify_stop_rewind();
    this.#giveBack();
  }

  #giveBack(): void {
    if (this.#borrowed !== undefined) {
      this.#bytes(this.#address, this.#address + this.#borrowed.length).set(this.#borrowed);
    }
    this.#borrowed = undefined;
  }

  #bytes(start: number, end: number): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.#exports.memory.buffer, start, end - start);
  }

  /** Where the stack ends now, and how far it may go. */
  #header(): Uint32Array<ArrayBuffer> {
    return new Uint32Array(this.#exports.memory.buffer, this.#address, 2);
  }
}
