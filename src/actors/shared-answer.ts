import { HostError } from "../errors/index.ts";
import type { HostCallAnswer } from "../wapc/index.ts";

/** Header of the shared block, in 32-bit cells: who may touch it, success, whole length, length of this chunk. */
const STATE = 0;
const OK = 1;
const TOTAL = 2;
const CHUNK = 3;
const HEADER_BYTES = 16;

const WAITING = 0;
const READY = 1;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Bytes of the shared block: most answers fit at once, longer ones come in chunks. */
export const SHARED_BYTES: number = 64 * 1024 + HEADER_BYTES;

/** The host's end: writes an answer into shared memory, chunk by chunk, and wakes the worker. */
export class SharedAnswerWriter {
  readonly #cells: Int32Array;
  readonly #data: Uint8Array;
  #rest: Uint8Array = new Uint8Array(0);
  #total = 0;
  #ok = false;

  constructor(shared: SharedArrayBuffer) {
    this.#cells = new Int32Array(shared, 0, HEADER_BYTES / 4);
    this.#data = new Uint8Array(shared, HEADER_BYTES);
  }

  /** Answers the host call in progress. */
  write(answer: HostCallAnswer): void {
    this.#ok = answer.ok;
    this.#rest = answer.ok ? answer.payload : encoder.encode(answer.message);
    this.#total = this.#rest.length;
    this.next();
  }

  /** Writes the next chunk; called when the worker asks for more. */
  next(): void {
    const chunk = this.#rest.subarray(0, this.#data.length);
    this.#rest = this.#rest.subarray(chunk.length);
    this.#data.set(chunk);
    this.#cells[OK] = this.#ok ? 1 : 0;
    this.#cells[TOTAL] = this.#total;
    this.#cells[CHUNK] = chunk.length;
    Atomics.store(this.#cells, STATE, READY);
    Atomics.notify(this.#cells, STATE);
  }
}

/** The worker's end: blocks until the answer is there. */
export class SharedAnswerReader {
  readonly #cells: Int32Array;
  readonly #data: Uint8Array;
  /** Takes the answers that fit, which are nearly all, so that a host call allocates nothing. */
  readonly #buffer = new Uint8Array(SHARED_BYTES - HEADER_BYTES);

  constructor(shared: SharedArrayBuffer) {
    this.#cells = new Int32Array(shared, 0, HEADER_BYTES / 4);
    this.#data = new Uint8Array(shared, HEADER_BYTES);
  }

  /** Must be called before the request is sent: the answer may come at once. */
  prepare(): void {
    Atomics.store(this.#cells, STATE, WAITING);
  }

  /**
   * Blocks until the whole answer has been read. Its bytes are good until the next answer is read.
   *
   * @param askForMore - tells the host that the chunk was taken.
   * @param timeoutMs - longest wait for a chunk.
   * @throws HostError `actor.deadline` when the host does not answer: the guest must be given up.
   */
  read(askForMore: () => void, timeoutMs: number): HostCallAnswer {
    this.#wait(timeoutMs);
    const ok = this.#cells[OK] === 1;
    const total = this.#cells[TOTAL] ?? 0;
    const bytes = total <= this.#buffer.length ? this.#buffer.subarray(0, total) : new Uint8Array(total);
    let filled = this.#takeInto(bytes, 0);
    while (filled < bytes.length) {
      this.prepare();
      askForMore();
      this.#wait(timeoutMs);
      filled += this.#takeInto(bytes, filled);
    }
    return ok ? { ok, payload: bytes } : { ok, message: decoder.decode(bytes) };
  }

  #takeInto(bytes: Uint8Array, offset: number): number {
    const length = this.#cells[CHUNK] ?? 0;
    bytes.set(this.#data.subarray(0, length), offset);
    return length;
  }

  #wait(timeoutMs: number): void {
    if (Atomics.wait(this.#cells, STATE, WAITING, timeoutMs) === "timed-out") {
      throw new HostError("actor.deadline", "The host did not answer a host call in time");
    }
  }
}
