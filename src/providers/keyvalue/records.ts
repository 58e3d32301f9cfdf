/** A new state of a record, and what came of making it. */
export interface RecordChange<T> {
  readonly result: T;
  /** The new bytes; undefined deletes the record; absent: it stays as it is. */
  readonly bytes?: Uint8Array | undefined;
  /** When the record is of no more use, in milliseconds since the epoch; a hint for who cleans up. */
  readonly expires?: number | undefined;
}

/**
 * The port to where key-value pairs are kept: bytes under any text, changed one record at a time and in one piece.
 * What it rejects with reaches the actor.
 */
export interface Records {
  /**
   * The records of some keys, in their order; undefined where there is none.
   *
   * @param maxBytes - of all of them; what would be more is not read to its end.
   * @throws HostError `input.too_large`.
   */
  read(keys: readonly string[], maxBytes: number): Promise<readonly (Uint8Array | undefined)[]>;
  /**
   * Changes a record. Nobody else changes it between what the function is given and what it makes of it.
   *
   * @param change - may be called more than once; what it throws is thrown, and nothing is changed.
   */
  change<T>(key: string, change: (bytes: Uint8Array | undefined) => RecordChange<T>): Promise<T>;
  /** Ends what is under way by itself. Twice is fine. */
  close(): Promise<void>;
}
