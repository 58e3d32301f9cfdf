/** Calls that may be with an instance at one time: the one it serves and those sent ahead. */
export const LEDGER_CALLS = 16;
/** Bytes of the memory that both ends share for it. */
export const LEDGER_BYTES: number = LEDGER_CALLS * Int32Array.BYTES_PER_ELEMENT;
/** Numbers of calls go round: they must fit into a cell, and stay clear of 0. */
const NUMBERS = 2 ** 30;

const GONE = 0;

/**
 * Settles, for each call sent to an instance, who has it: the worker, which begins it, or the host, which takes it
 * back. It is one or the other even while the worker is being ended, so that no call is begun twice. A cell holds the
 * number of a call that was sent, that number negated once it was begun, or nothing.
 */
export class CallLedger {
  readonly #cells: Int32Array;

  constructor(shared: SharedArrayBuffer) {
    this.#cells = new Int32Array(shared, 0, LEDGER_CALLS);
  }

  /** The number after another; consecutive ones have cells of their own. */
  static next(call: number): number {
    return (call % NUMBERS) + 1;
  }

  /** The host sends the call. */
  send(call: number): void {
    Atomics.store(this.#cells, call % LEDGER_CALLS, call);
  }

  /** The worker wants to begin it. @returns whether it may. */
  begin(call: number): boolean {
    return this.#exchange(call, -call);
  }

  /** The host wants it back. @returns whether it was not begun, and never will be. */
  withdraw(call: number): boolean {
    return this.#exchange(call, GONE);
  }

  #exchange(call: number, next: number): boolean {
    return Atomics.compareExchange(this.#cells, call % LEDGER_CALLS, call, next) === call;
  }
}
