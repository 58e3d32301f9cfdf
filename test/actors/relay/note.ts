// A text that outlives the call that wrote it: what a call allocates is gone when it ends, so a note's room is taken
// before the first call.

const MAX_BYTES = 4096;

export class Note {
  private readonly start: usize = heap.alloc(MAX_BYTES);
  private length: i32 = 0;

  /** False if the text is too long; the note is empty then. */
  write(text: string): bool {
    const bytes = String.UTF8.encode(text);
    this.length = bytes.byteLength > MAX_BYTES ? 0 : bytes.byteLength;
    memory.copy(this.start, changetype<usize>(bytes), this.length);
    return bytes.byteLength <= MAX_BYTES;
  }

  read(): string {
    return String.UTF8.decodeUnsafe(this.start, this.length);
  }
}
