import type { LogLevel, LogRecord, LogSink } from "./log.ts";

const ORDER: Record<LogLevel, number> = { debug: 0, info: 1, warn: 2, error: 3 };

/** Writes records to the platform's console. */
export class ConsoleSink implements LogSink {
  readonly #least: number;

  /** @param least - records below this level are dropped; default `info`. */
  constructor(least: LogLevel = "info") {
    this.#least = ORDER[least];
  }

  write(record: LogRecord): void {
    if (ORDER[record.level] < this.#least) return;
    const line = `${record.scope}: ${record.message}`;
    if (record.fields === undefined) console[record.level](line);
    else console[record.level](line, record.fields);
  }
}

/** Keeps the newest records in memory. */
export class RingBufferSink implements LogSink {
  readonly #capacity: number;
  readonly #maxChars: number;
  readonly #records: LogRecord[] = [];
  #next = 0;

  /**
   * @param capacity - records kept; default 1,000.
   * @param maxChars - characters kept of one message; default 10,240.
   */
  constructor(capacity = 1_000, maxChars = 10_240) {
    this.#capacity = capacity;
    this.#maxChars = maxChars;
  }

  write(record: LogRecord): void {
    const kept =
      record.message.length > this.#maxChars
        ? { ...record, message: `${record.message.slice(0, this.#maxChars)}…` }
        : record;
    this.#records[this.#next] = kept;
    this.#next = (this.#next + 1) % this.#capacity;
  }

  /** The records kept, oldest first. */
  records(): LogRecord[] {
    return [...this.#records.slice(this.#next), ...this.#records.slice(0, this.#next)];
  }
}
