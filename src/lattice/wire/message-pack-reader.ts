import { ByteCursor } from "./byte-cursor.ts";
import { DEFAULT_WIRE_LIMITS, type WireLimits } from "./limits.ts";
import type { ValueKind } from "./markers.ts";
import { skipValue } from "./skip.ts";
import { decodeText, equalBytes } from "./text.ts";
import { undecodable } from "./undecodable.ts";

/**
 * Reads MessagePack from bytes that nobody vouches for: every length is checked against what is left before anything
 * is allocated, and the only error is `lattice.undecodable`. Accepts every width of header and integer (protocol
 * section 3.3). Each method reads the next value.
 */
export class MessagePackReader {
  readonly #cursor: ByteCursor;
  readonly #maxTextBytes: number;

  constructor(bytes: Uint8Array, limits: WireLimits = DEFAULT_WIRE_LIMITS) {
    if (bytes.length > limits.maxMessageBytes) {
      throw undecodable(`message of ${bytes.length} bytes is over the limit of ${limits.maxMessageBytes}`);
    }
    this.#cursor = new ByteCursor(bytes);
    this.#maxTextBytes = limits.maxTextBytes;
  }

  /** What comes next; nothing is read. */
  kind(): ValueKind {
    return this.#cursor.kind();
  }

  /** Reads a nil if one comes next, and tells whether it did. */
  takeNil(): boolean {
    if (this.kind() !== "nil") return false;
    this.#cursor.byte();
    return true;
  }

  /** Passes over a value of any kind. */
  skip(): void {
    skipValue(this.#cursor);
  }

  bool(): boolean {
    return this.#marker("boolean") === 0xc3;
  }

  /** An integer of any width. Floats are refused, also integral ones (protocol section 3.1). */
  int(least: number, most: number): number {
    const value = this.#cursor.integerAfter(this.#marker("integer"));
    if (value < least || value > most) throw undecodable(`integer ${value} is not in ${least}..=${most}`);
    return value;
  }

  /** Text, also when it comes as bytes. */
  text(): string {
    const length = this.#textLength();
    return decodeText(this.#cursor.bytes, this.#cursor.take(length), length);
  }

  /** Entries of a map, whose keys and values come next. */
  mapHeader(): number {
    return this.#cursor.valuesAfter(this.#marker("map")) / 2;
  }

  /** Elements of an array, which come next. */
  arrayHeader(): number {
    return this.#cursor.valuesAfter(this.#marker("array"));
  }

  /**
   * A byte payload: an array of integers as first-party hosts write it, or bytes, or nil for none (protocol section
   * 3.3). The result has its own buffer, so it may be transferred.
   */
  payload(): Uint8Array<ArrayBuffer> {
    const kind = this.kind();
    if (kind === "array") return this.#integerArray(this.arrayHeader());
    if (kind === "bytes") {
      const length = this.#cursor.textLengthAfter(this.#cursor.byte());
      const start = this.#cursor.take(length);
      return new Uint8Array(this.#cursor.bytes.subarray(start, start + length));
    }
    if (this.takeNil()) return new Uint8Array(0);
    throw undecodable(`invalid type: ${kind}, expected an array of bytes`);
  }

  /**
   * A map key, as its place among the known ones; -1 for an unknown one. Compares bytes, so that no string is made.
   *
   * @param expected - the place to compare first: senders keep the declared order.
   */
  key(known: readonly Uint8Array[], expected: number): number {
    const kind = this.kind();
    if (kind !== "text" && kind !== "bytes") {
      this.skip();
      return -1;
    }
    const { bytes } = this.#cursor;
    const length = this.#textLength();
    const start = this.#cursor.take(length);
    const likely = known[expected];
    if (likely !== undefined && equalBytes(bytes, start, length, likely)) return expected;
    return known.findIndex((key) => equalBytes(bytes, start, length, key));
  }

  #integerArray(count: number): Uint8Array<ArrayBuffer> {
    const values = new Uint8Array(count);
    const cursor = this.#cursor;
    const { bytes } = cursor;
    let at = cursor.at;
    for (let i = 0; i < count; i++) {
      const marker = bytes[at++];
      if (marker !== undefined && marker < 0x80) values[i] = marker;
      else if (marker === 0xcc && at < bytes.length) values[i] = bytes[at++] as number;
      else {
        cursor.at = at - 1;
        values[i] = this.int(0, 255);
        at = cursor.at;
      }
    }
    cursor.at = at;
    return values;
  }

  #textLength(): number {
    const kind = this.kind();
    if (kind !== "text" && kind !== "bytes") throw undecodable(`invalid type: ${kind}, expected text`);
    const length = this.#cursor.textLengthAfter(this.#cursor.byte());
    if (length > this.#maxTextBytes) {
      throw undecodable(`text of ${length} bytes is over the limit of ${this.#maxTextBytes}`);
    }
    return length;
  }

  /** Reads the marker of a value that must be of one kind. */
  #marker(expected: ValueKind): number {
    const kind = this.kind();
    if (kind !== expected) throw undecodable(`invalid type: ${kind}, expected ${expected}`);
    return this.#cursor.byte();
  }
}
