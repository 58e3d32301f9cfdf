/** Characters kept of one line. */
const MAX_LINE = 10_240;
/** Lines taken in one call of the guest; those after are dropped, so that a guest cannot flood its host. */
const MAX_LINES = 1_000;
const NEWLINE = 10;
const CARRIAGE_RETURN = 13;
const decoder = new TextDecoder();

/** What a guest says while it serves one call: console lines, and the lines of its standard output and error. */
export class GuestLog {
  readonly #sink: (text: string) => void;
  readonly #streams: readonly [LineBuffer, LineBuffer];
  #lines = 0;

  /** @param sink - takes one line. */
  constructor(sink: (text: string) => void) {
    this.#sink = sink;
    const emit = (text: string): void => this.line(text);
    this.#streams = [new LineBuffer(emit), new LineBuffer(emit)];
  }

  /** A call begins: as many lines as ever may be said again. */
  begin(): void {
    this.#lines = 0;
  }

  /** A call ended: what was said without an end of line is a line too. */
  end(): void {
    for (const stream of this.#streams) stream.end();
  }

  line(text: string): void {
    if (this.#lines > MAX_LINES) return;
    this.#lines++;
    if (this.#lines > MAX_LINES)
      this.#sink(`The call said more than ${MAX_LINES} lines: the rest is dropped`);
    else this.#sink(text.length > MAX_LINE ? `${text.slice(0, MAX_LINE)}…` : text);
  }

  /** Bytes of UTF-8, cut anywhere. */
  write(stream: "stdout" | "stderr", bytes: Uint8Array): void {
    this.#streams[stream === "stdout" ? 0 : 1].push(bytes);
  }
}

/** Puts bytes together to lines; what is too long for a line is dropped up to its end. */
class LineBuffer {
  readonly #emit: (text: string) => void;
  #bytes: Uint8Array | undefined;
  #length = 0;
  #isCut = false;

  constructor(emit: (text: string) => void) {
    this.#emit = emit;
  }

  push(bytes: Uint8Array): void {
    let start = 0;
    for (let end = bytes.indexOf(NEWLINE); end !== -1; end = bytes.indexOf(NEWLINE, start)) {
      this.#keep(bytes.subarray(start, end));
      this.#flush();
      start = end + 1;
    }
    this.#keep(bytes.subarray(start));
  }

  end(): void {
    if (this.#length > 0) this.#flush();
  }

  #keep(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.#bytes ??= new Uint8Array(MAX_LINE);
    const kept = bytes.subarray(0, MAX_LINE - this.#length);
    this.#bytes.set(kept, this.#length);
    this.#length += kept.length;
    this.#isCut ||= kept.length < bytes.length;
  }

  #flush(): void {
    let length = this.#length;
    if (!this.#isCut && this.#bytes?.[length - 1] === CARRIAGE_RETURN) length--;
    const text = decoder.decode(this.#bytes?.subarray(0, length));
    const isCut = this.#isCut;
    this.#length = 0;
    this.#isCut = false;
    this.#emit(isCut ? `${text}…` : text);
  }
}
