import { LEDGER_BYTES, LEDGER_CALLS } from "./call-ledger.ts";

/** Bytes of an answer that has room in the box; a longer one travels in a message. */
const ANSWER_BYTES = 4 * 1024;
const INTEGER = Int32Array.BYTES_PER_ELEMENT;
const NUMBERS_AT = LEDGER_BYTES;
const LENGTHS_AT = NUMBERS_AT + LEDGER_CALLS * INTEGER;
const BELL_AT = LENGTHS_AT + LEDGER_CALLS * INTEGER;
const ANSWERS_AT = BELL_AT + INTEGER;
/** Bytes of the memory that an instance shares with its host for its calls: the ledger, and the box behind it. */
export const CALLS_BYTES: number = ANSWERS_AT + LEDGER_CALLS * ANSWER_BYTES;

/**
 * Where a worker leaves answers for the host. A message for each would cost more than a small call: here the worker
 * rings once, and goes on while the host takes all that is there. What was left is not lost when the worker is ended.
 * Each call has the place that it has in the {@link CallLedger}.
 */
export class AnswerBox {
  readonly #shared: SharedArrayBuffer;
  readonly #numbers: Int32Array;
  readonly #lengths: Int32Array;
  readonly #bell: Int32Array;

  constructor(shared: SharedArrayBuffer) {
    this.#shared = shared;
    this.#numbers = new Int32Array(shared, NUMBERS_AT, LEDGER_CALLS);
    this.#lengths = new Int32Array(shared, LENGTHS_AT, LEDGER_CALLS);
    this.#bell = new Int32Array(shared, BELL_AT, 1);
  }

  /** The worker leaves an answer. @returns whether it had room. */
  put(call: number, answer: Uint8Array): boolean {
    if (answer.length > ANSWER_BYTES) return false;
    const place = call % LEDGER_CALLS;
    this.#bytes(place, answer.length).set(answer);
    this.#lengths[place] = answer.length;
    Atomics.store(this.#numbers, place, call);
    return true;
  }

  /** The worker rings. @returns whether the host has to be told: it was not since it last looked. */
  ring(): boolean {
    return Atomics.exchange(this.#bell, 0, 1) === 0;
  }

  /** The host is about to look: what is put from now on has to be told. */
  heard(): void {
    Atomics.store(this.#bell, 0, 0);
  }

  /** The host takes an answer, if it is there. */
  take(call: number): Uint8Array | undefined {
    const place = call % LEDGER_CALLS;
    if (Atomics.load(this.#numbers, place) !== call) return undefined;
    return this.#bytes(place, this.#lengths[place] ?? 0).slice();
  }

  #bytes(place: number, length: number): Uint8Array {
    return new Uint8Array(this.#shared, ANSWERS_AT + place * ANSWER_BYTES, length);
  }
}
