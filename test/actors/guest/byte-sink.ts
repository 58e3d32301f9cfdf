import { allocate, resize } from "./heap";

/** Bytes written one after the other into a buffer that grows. */
export class ByteSink {
  private buffer: ArrayBuffer = allocate(64);
  private length: usize = 0;

  /** What was written. The sink is spent: writing on would change the result. */
  finish(): ArrayBuffer {
    return resize(this.buffer, this.length);
  }

  /** Takes the next `count` bytes; the pointer is good until the next call. */
  protected take(count: usize): usize {
    const start = this.length;
    const needed = start + count;
    const capacity: usize = this.buffer.byteLength;
    if (needed > capacity) this.buffer = resize(this.buffer, max(needed, capacity * 2));
    this.length = needed;
    return changetype<usize>(this.buffer) + start;
  }

  protected putByte(value: u32): void {
    store<u8>(this.take(1), <u8>value);
  }

  protected putBytes(start: usize, length: usize): void {
    memory.copy(this.take(length), start, length);
  }

  /** Writes a text as UTF-8, of which the length is already known. */
  protected putText(text: string, byteLength: i32): void {
    String.UTF8.encodeUnsafe(changetype<usize>(text), text.length, this.take(byteLength));
  }
}
